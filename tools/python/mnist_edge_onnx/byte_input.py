"""Makes a model take grey levels as bytes, 0 to 255, and divide them by 255 itself."""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from mnist_edge_onnx.finish import replace
from mnist_edge_onnx.problem import Problem

LEVELS = 255


def take_bytes(model: ModelProto) -> None:
    """The quotient of two float32 numbers is the nearest to the true one, as it is where images are divided outside."""
    graph = model.graph
    if len(graph.input) != 1 or graph.input[0].type.tensor_type.elem_type != TensorProto.FLOAT:
        raise Problem("the model must have one input, of float32, to take bytes instead")
    (image,) = graph.input
    levels, scaled, divisor = (f"{image.name}_{word}" for word in ("levels", "scaled", "divisor"))
    for node in graph.node:
        replace(node.input, [scaled if name == image.name else name for name in node.input])
    image.type.tensor_type.elem_type = TensorProto.UINT8
    graph.initializer.append(numpy_helper.from_array(np.array(LEVELS, np.float32), divisor))
    to_float = helper.make_node("Cast", [image.name], [levels], to=TensorProto.FLOAT)
    divide = helper.make_node("Div", [levels, divisor], [scaled])
    replace(graph.node, [to_float, divide, *graph.node])
