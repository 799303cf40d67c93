"""Keeps a model's weights in 16 bits, for half the file; it goes on computing in 32."""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from mnist_edge_onnx.finish import replace
from mnist_edge_onnx.problem import Problem

# Fewer numbers than these cost more bytes to widen again than they save.
WORTH_IT = 48


def halve_weights(model: ModelProto) -> None:
    """Every runtime widens the weights once, when it opens the model: a Cast of what never changes is done then."""
    graph = model.graph
    widen = []
    kept = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < WORTH_IT:
            kept.append(tensor)
            continue
        # What is too large becomes infinite, which is said below.
        with np.errstate(over="ignore"):
            halves = values.astype(np.float16)
        if not np.isfinite(halves).all():
            raise Problem(f"{tensor.name} has weights of up to {np.abs(values).max():g}; float16 ends at 65504")
        name = f"{tensor.name}_half"
        kept.append(numpy_helper.from_array(halves, name))
        widen.append(helper.make_node("Cast", [name], [tensor.name], to=TensorProto.FLOAT))
    if not widen:
        raise Problem(f"the model has no float32 weights of {WORTH_IT} numbers or more to keep in 16 bits")
    replace(graph.initializer, kept)
    replace(graph.node, [*widen, *graph.node])
