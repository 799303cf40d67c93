"""For finish.test.ts: writes small ONNX graphs (`make FOLDER`), reads finished ones (`read RAW FINISHED`)."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(7)


def weight(name, *shape):
    return numpy_helper.from_array(random.normal(size=shape).astype("float32"), name)


def integers(name, *values):
    return numpy_helper.from_array(np.array(values, "int64"), name)


def value(name, *shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def node(operator, inputs, outputs, **attributes):
    return helper.make_node(operator, inputs, outputs, doc_string="from a converter", **attributes)


IMAGE = value("image:0", "unk__1", 28, 28, 1)
LOGITS = value("Identity:0", "unk__2", 10)


def model(nodes, weights, inputs=(IMAGE,), outputs=(LOGITS,), ir_version=8):
    graph = helper.make_graph(nodes, "tf2onnx", inputs, outputs, weights, doc_string="from a converter")
    operators = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 2)]
    return helper.make_model(graph, opset_imports=operators, ir_version=ir_version, producer_name="tf2onnx")


def net(flat=-1, extra=(), before="f"):
    """A CNN as tf2onnx writes it: long names, an axis moved by Reshape, one output read by a node too."""
    return [
        node("Reshape", ["image:0", "shape"], ["StatefulPartitionedCall/model/x:0"], name="StatefulPartitionedCall/a"),
        node("Conv", ["StatefulPartitionedCall/model/x:0", "model/conv/kernel", "model/conv/bias"], ["c"]),
        node("Relu", ["c"], ["d"]),
        node("Conv", ["d", "model/conv_1/kernel"], ["e"]),
        node("MaxPool", ["e"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Reshape", ["p", "flat"], ["f"]),
        *extra,
        node("MatMul", [before, "w"], ["m"]),
        node("Add", ["m", "b"], ["Identity:0"]),
    ], [
        weight("model/conv/kernel", 3, 1, 3, 3),
        weight("model/conv/bias", 3),
        weight("model/conv_1/kernel", 4, 3, 3, 3),
        weight("w", 576, 10),
        weight("b", 10),
        weight("unused", 1000),
        integers("shape", -1, 1, 28, 28),
        integers("flat", flat, 576),
    ]


def clean():
    nodes, weights = net()
    nodes.append(node("Softmax", ["Identity:0"], ["Identity_1:0"], axis=-1))
    return model(nodes, weights, outputs=(LOGITS, value("Identity_1:0", "unk__3", 10)))


def cast():
    casts = [
        node("Cast", ["f"], ["h"], name="model/half", to=TensorProto.FLOAT16),
        node("Cast", ["h"], ["back"], name="model/back", to=TensorProto.FLOAT),
    ]
    return model(*net(extra=casts, before="back"))


def control_flow():
    branch = helper.make_graph([node("Identity", ["f"], ["y"])], "branch", [], [value("y", None, 576)])
    nodes, weights = net(
        extra=[node("If", ["yes"], ["g"], name="model/cond", then_branch=branch, else_branch=branch)], before="g"
    )
    return model(nodes, [*weights, numpy_helper.from_array(np.array(True), "yes")])


def external():
    made = model(*net())
    tensor = made.graph.initializer[3]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="w.bin")
    return made


def fixed_batch():
    return model(*net(flat=7))


def mismatch():
    nodes, weights = net()
    weights[3] = weight("w", 577, 10)
    return model(nodes, weights)


def merged():
    """The batch and another axis become one and part again, as in a net that reads an image row by row."""
    nodes = [
        node("Reshape", ["image:0", "rows"], ["r"]),
        node("MatMul", ["r", "w"], ["m"]),
        node("Reshape", ["m", "back"], ["n"]),
        node("ReduceMean", ["n", "axes"], ["Identity:0"], keepdims=0),
    ]
    weights = [weight("w", 28, 10), integers("rows", -1, 28), integers("back", -1, 28, 10), integers("axes", 1)]
    return model(nodes, weights)


def new_file():
    return model(*net(), ir_version=11)


def make(folder):
    for graph in (clean, cast, control_flow, external, fixed_batch, mismatch, merged, new_file):
        (Path(folder) / f"{graph.__name__}.onnx").write_bytes(graph().SerializeToString())


def shape(info):
    return [dim.dim_param or dim.dim_value for dim in info.type.tensor_type.shape.dim]


def read(raw, finished):
    made = onnx.load(finished)
    graph = made.graph
    images = random.random((3, 28, 28, 1), "float32")
    differences = []
    options = ort.SessionOptions()
    options.log_severity_level = 3
    sessions = [ort.InferenceSession(file, options) for file in (raw, finished)]
    for batch in (1, 3):
        before, after = (s.run(None, {s.get_inputs()[0].name: images[:batch]}) for s in sessions)
        differences += [float(np.abs(a - b).max()) for a, b in zip(before, after, strict=True)]
    documented = (made, graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info)
    return {
        "nodes": [[n.name, list(n.input), list(n.output)] for n in graph.node],
        "weights": [tensor.name for tensor in graph.initializer],
        "values": {info.name: shape(info) for info in graph.value_info},
        "metadata": {entry.key: entry.value for entry in made.metadata_props},
        "operatorSets": [[opset.domain, opset.version] for opset in made.opset_import],
        "producer": [made.producer_name, made.producer_version, graph.name],
        "documented": sum(bool(part.doc_string) for part in documented),
        "largestDifference": max(differences),
    }


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    print(json.dumps(read(*sys.argv[2:])))
