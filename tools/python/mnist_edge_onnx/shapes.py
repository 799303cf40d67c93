"""The batch axis: dimension 0 of what goes in and comes out, free and named in every value that has it."""

from math import prod

from onnx import GraphProto, ModelProto, ValueInfoProto
from onnx.shape_inference import InferenceError, infer_shapes

from mnist_edge_onnx.problem import Problem

BATCH = "batch"


def name_batch(model: ModelProto) -> ModelProto:
    """Returns the model with the batch axis named in its inputs, outputs and values, by strict shape inference."""
    for value in model.graph.input:
        if not value.type.tensor_type.shape.dim:
            raise Problem(f"the input {value.name!r} is a scalar or has no shape; its dimension 0 must be the batch")
        value.type.tensor_type.shape.dim[0].dim_param = BATCH
    del model.graph.value_info[:]
    inferred = infer(model)
    while name_next(inferred.graph):
        inferred = infer(inferred)
    for value in inferred.graph.output:
        dim = value.type.tensor_type.shape.dim
        if not dim:
            raise Problem(f"the output {value.name!r} is a scalar or has no shape; its dimension 0 must be the batch")
        if dim[0].HasField("dim_value"):
            raise Problem(f"the output {value.name!r} has its batch fixed to {dim[0].dim_value}; it must be free")
        dim[0].dim_param = BATCH
    forget_unknown(inferred.graph)
    return inferred


def infer(model: ModelProto) -> ModelProto:
    """Strict shape inference, afresh but for the shapes that are wholly known: it would not improve on half of one."""
    forget_unknown(model.graph)
    for value in model.graph.output:
        # Not what the converter declared: a batch that is fixed somewhere inside has to show.
        value.type.tensor_type.ClearField("shape")
    try:
        return infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except InferenceError as error:
        raise Problem(f"shape inference fails: {error}") from error


def forget_unknown(graph: GraphProto) -> None:
    known = [value for value in graph.value_info if is_known(value)]
    del graph.value_info[:]
    graph.value_info.extend(known)


def name_next(graph: GraphProto) -> bool:
    """
    Names one dimension 0 that inference cannot, and tells whether there was one: a Reshape that leaves as many
    numbers per image as it found has the batch first still. Other unknown axes stay unnamed: two axes of one name
    are taken to be of one size.
    """
    inside = {value.name: value for value in graph.value_info}
    known = {value.name: value for value in graph.input} | inside
    for node in graph.node:
        if node.op_type != "Reshape" or node.input[0] not in known or node.output[0] not in inside:
            continue
        before = known[node.input[0]].type.tensor_type.shape.dim
        after = inside[node.output[0]].type.tensor_type.shape.dim
        if not before or not after or before[0].dim_param != BATCH or after[0].dim_param == BATCH:
            continue
        rest = [*before[1:], *after[1:]]
        if after[0].HasField("dim_value") or not all(dim.HasField("dim_value") for dim in rest):
            continue
        if prod(dim.dim_value for dim in before[1:]) == prod(dim.dim_value for dim in after[1:]):
            after[0].dim_param = BATCH
            return True
    return False


def is_known(value: ValueInfoProto) -> bool:
    return all(dim.HasField("dim_value") or dim.dim_param == BATCH for dim in value.type.tensor_type.shape.dim)
