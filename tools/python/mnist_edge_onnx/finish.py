"""Makes of tf2onnx's output the file that goes into the model bundle."""

import os
from collections import Counter
from math import prod
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto, ValueInfoProto

from mnist_edge_onnx.clean import refuse_unclean
from mnist_edge_onnx.description import Description, match, read_description
from mnist_edge_onnx.naming import rename
from mnist_edge_onnx.problem import Problem
from mnist_edge_onnx.shapes import name_batch


def finish(source: Path, target: Path, description: Path) -> dict:
    """Reads, finishes, checks and writes a model; returns what is in it. Nothing is written unless all is well."""
    wanted = read_description(description)
    model = load(source)
    refuse_unclean(model)
    drop_unused(model)
    fixed = {
        **match(wanted.inputs, [value.name for value in model.graph.input], "input"),
        **match(wanted.outputs, [value.name for value in model.graph.output], "output"),
    }
    if len(set(fixed.values())) < len(fixed):
        raise Problem(f"two inputs or outputs would have the same name: {', '.join(fixed.values())}")
    rename(model.graph, fixed)
    model = name_batch(model)
    describe(model, wanted)
    check(model)
    write(model, target)
    return summary(model)


def load(file: Path) -> ModelProto:
    try:
        # From bytes: by a path, onnx would guess the format from the ending and fetch external weights.
        model = onnx.load_model_from_string(file.read_bytes())
    except DecodeError as error:
        raise Problem(f"{file} is not an ONNX model") from error
    if not model.graph.node:
        raise Problem(f"{file} holds no graph")
    return model


def drop_unused(model: ModelProto) -> None:
    """Takes out weights that no node reads and operator sets that no node is of; the versions of the others stay."""
    used = {name for node in model.graph.node for name in node.input}
    weights = [tensor for tensor in model.graph.initializer if tensor.name in used]
    inputs = [value for value in model.graph.input if value.name not in {tensor.name for tensor in weights}]
    domains = {node.domain for node in model.graph.node}
    operators = [opset for opset in model.opset_import if opset.domain in domains]
    replace(model.graph.initializer, weights)
    # Old IR versions list the weights among the inputs.
    replace(model.graph.input, inputs)
    replace(model.opset_import, operators)


def replace(field, values: list) -> None:
    del field[:]
    field.extend(values)


def describe(model: ModelProto, wanted: Description) -> None:
    model.producer_name = wanted.producer
    model.producer_version = wanted.producerVersion
    model.domain = ""
    graph = model.graph
    graph.name = wanted.graphName
    for part in (model, graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info):
        part.doc_string = ""
    del graph.metadata_props[:]
    onnx.helper.set_model_props(model, wanted.metadata)


def check(model: ModelProto) -> None:
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise Problem(f"ONNX's checker refuses the model: {error}") from error


def write(model: ModelProto, target: Path) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_bytes(model.SerializeToString(deterministic=True))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def summary(model: ModelProto) -> dict:
    return {
        "opset": next(opset.version for opset in model.opset_import if opset.domain in ("", "ai.onnx")),
        "irVersion": model.ir_version,
        "operators": dict(sorted(Counter(node.op_type for node in model.graph.node).items())),
        "parameters": sum(prod(weight.dims) for weight in model.graph.initializer if is_weight(weight)),
        "inputs": [tensor_summary(value) for value in model.graph.input],
        "outputs": [tensor_summary(value) for value in model.graph.output],
        "bytes": model.ByteSize(),
    }


def is_weight(tensor: TensorProto) -> bool:
    # Shapes are integers, and the bounds of a Clip are scalars: neither was trained.
    return tensor.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16) and len(tensor.dims) > 0


def tensor_summary(value: ValueInfoProto) -> dict:
    tensor = value.type.tensor_type
    return {
        "name": value.name,
        "dtype": onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name,
        "shape": [dim.dim_param or dim.dim_value for dim in tensor.shape.dim],
    }
