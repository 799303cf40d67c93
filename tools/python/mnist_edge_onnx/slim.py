"""Takes out of a quantized model what costs bytes and changes no answer."""

from collections import Counter

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, defs, helper, numpy_helper
from onnx.shape_inference import infer_shapes

from mnist_edge_onnx.finish import drop_unused, replace

# What onnxruntime computes in integers.
PRODUCTS = ("Conv", "MatMul", "Gemm")
# What a convolution of images does without being told; ONNX's schema does not say, for it depends on the axes.
PLAIN_CONV = {"dilations": [1, 1], "strides": [1, 1], "pads": [0, 0, 0, 0]}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def slim(model: ModelProto) -> None:
    """Expects the QDQ format of onnxruntime's static quantization, in a graph without subgraphs."""
    graph = model.graph
    round_for_products_alone(graph)
    fold_relu(graph)
    gather_dense(model)
    leave_out_zero_points(graph)
    leave_out_defaults(model)
    share_equal_weights(graph)
    drop_unused(model)
    del graph.value_info[:]
    shorten_names(graph)


def round_for_products_alone(graph: GraphProto) -> None:
    """What is rounded to 8 bits and read by no convolution or matrix product, as before a ReLU that is followed by
    another rounding, or at the logits, loses accuracy and saves nothing."""
    makers = makers_of(graph)
    readers: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    dropped: list[NodeProto] = []
    for dequantize in graph.node:
        quantize = makers.get(dequantize.input[0]) if dequantize.op_type == "DequantizeLinear" else None
        if quantize is None or quantize.op_type != "QuantizeLinear" or len(readers[quantize.output[0]]) > 1:
            continue
        value = dequantize.output[0]
        if any(reader.op_type in PRODUCTS for reader in readers.get(value, [])):
            continue
        for reader in readers.get(value, []):
            replace(reader.input, [quantize.input[0] if name == value else name for name in reader.input])
        dropped += [quantize, dequantize]
    take_out(graph, dropped)


def fold_relu(graph: GraphProto) -> None:
    """Rounding to unsigned numbers that start at zero is a ReLU by itself."""
    weights = weights_of(graph)
    makers = makers_of(graph)
    readers = Counter(name for node in graph.node for name in node.input)
    folded = []
    for quantize in graph.node:
        if quantize.op_type != "QuantizeLinear":
            continue
        relu = makers.get(quantize.input[0])
        zero = weights[quantize.input[2]]
        if relu is None or relu.op_type != "Relu" or readers[relu.output[0]] > 1 or zero.dtype != np.uint8 or zero != 0:
            continue
        quantize.input[0] = relu.input[0]
        folded.append(relu)
    take_out(graph, folded)


def gather_dense(model: ModelProto) -> None:
    """A matrix product and the bias behind it become a Gemm whose bias has the scale of the sums it is added to: so
    onnxruntime computes it in integers and gives floats."""
    graph = model.graph
    ranks = {value.name: len(value.type.tensor_type.shape.dim) for value in infer_shapes(model).graph.value_info}
    weights = weights_of(graph)
    makers = makers_of(graph)
    readers = Counter(name for node in graph.node for name in node.input)
    for add in list(graph.node):
        product = makers.get(add.input[0]) if add.op_type == "Add" else None
        if product is None or product.op_type != "MatMul" or readers[product.output[0]] > 1:
            continue
        left, right = (makers.get(name) for name in product.input)
        bias = weights.get(add.input[1])
        dequantized = all(node is not None and node.op_type == "DequantizeLinear" for node in (left, right))
        if not dequantized or bias is None or bias.ndim != 1 or ranks.get(product.input[0]) != 2:
            continue
        scale = weights[left.input[1]] * weights[right.input[1]]
        name = f"{product.output[0]}_bias"
        graph.initializer.extend(
            [
                numpy_helper.from_array(np.rint(bias / scale).astype(np.int32), f"{name}_quantized"),
                numpy_helper.from_array(np.broadcast_to(scale, bias.shape).astype(np.float32), f"{name}_scale"),
            ]
        )
        inputs = [f"{name}_quantized", f"{name}_scale"]
        dequantize = helper.make_node("DequantizeLinear", inputs, [name], axis=0)
        gemm = helper.make_node("Gemm", [*product.input, name], list(add.output))
        nodes = [node for node in graph.node if node is not product]
        replace(graph.node, [other for node in nodes for other in ((dequantize, gemm) if node is add else (node,))])


def leave_out_zero_points(graph: GraphProto) -> None:
    """A zero point of weights that is left out is zero. The others stay, for onnxruntime 1.30 computes a Gemm without
    them in floats, and without those of activations makes a graph of two nodes with one name, which it then refuses."""
    weights = weights_of(graph)
    kept = {name for node in graph.node if node.op_type == "Gemm" for name in node.input}
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or len(node.input) < 3 or node.input[0] not in weights:
            continue
        if node.output[0] not in kept and not weights[node.input[2]].any():
            del node.input[2]


def leave_out_defaults(model: ModelProto) -> None:
    """Attributes that say what the operator does without them."""
    opset = next(operators.version for operators in model.opset_import if operators.domain == "")
    for node in model.graph.node:
        known = defs.get_schema(node.op_type, opset).attributes.items()
        defaults = {name: helper.get_attribute_value(of.default_value) for name, of in known if of.default_value.name}
        is_convolution = node.op_type == "Conv"
        plain = defaults | (PLAIN_CONV if is_convolution else {})
        kept = [
            attribute
            for attribute in node.attribute
            # A convolution knows its kernel's shape by its weights.
            if not (is_convolution and attribute.name == "kernel_shape")
            and plain.get(attribute.name) != helper.get_attribute_value(attribute)
        ]
        replace(node.attribute, kept)


def share_equal_weights(graph: GraphProto) -> None:
    first: dict[tuple, str] = {}
    same: dict[str, str] = {}
    for tensor in graph.initializer:
        value = numpy_helper.to_array(tensor)
        same[tensor.name] = first.setdefault((value.dtype.str, value.shape, value.tobytes()), tensor.name)
    for node in graph.node:
        replace(node.input, [same.get(name, name) for name in node.input])


def shorten_names(graph: GraphProto) -> None:
    """Inputs and outputs keep their names; nodes need none."""
    names = {value.name: value.name for value in (*graph.input, *graph.output)}
    taken = set(names.values())

    def short(name: str) -> str:
        if name and name not in names:
            number = len(names)
            while base36(number) in taken:
                number += 1
            names[name] = base36(number)
            taken.add(names[name])
        return names.get(name, name)

    for node in graph.node:
        node.name = ""
        replace(node.input, [short(name) for name in node.input])
        replace(node.output, [short(name) for name in node.output])
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)


def makers_of(graph: GraphProto) -> dict[str, NodeProto]:
    """The node that gives each value."""
    return {name: node for node in graph.node for name in node.output}


def weights_of(graph: GraphProto) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def take_out(graph: GraphProto, nodes: list[NodeProto]) -> None:
    replace(graph.node, [node for node in graph.node if not any(node is other for other in nodes)])


def base36(number: int) -> str:
    text = ""
    while True:
        text = DIGITS[number % 36] + text
        number //= 36
        if number == 0:
            # ONNX asks for names that C would accept as identifiers.
            return f"_{text}" if text[0].isdigit() else text
