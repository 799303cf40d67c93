"""What must not be in a finished graph."""

from onnx import AttributeProto, ModelProto, NodeProto, TensorProto

from mnist_edge_onnx.problem import Problem

# The traces of shapes computed at run time and of control flow: each costs time in every runtime, and none is
# needed for a net whose only free axis is the batch.
FORBIDDEN = {"Shape", "Gather", "Cast", "Loop", "If"}

# onnxruntime 1.30 reads newer files than this, but the older runtimes that people embed do not, and what later
# versions added (4-bit and smaller types, sharding) is not used here. tf2onnx writes the oldest that holds the opset.
NEWEST_IR = 10


def refuse_unclean(model: ModelProto) -> None:
    """Raises a Problem that names every node (or tensor) that a finished model may not hold."""
    nodes = [describe(node) for node in model.graph.node if node.op_type in FORBIDDEN or has_subgraph(node)]
    if nodes:
        raise Problem(f"the graph is not clean: it computes shapes, casts or control flow in {', '.join(nodes)}")
    external = [tensor.name for tensor in model.graph.initializer if tensor.data_location == TensorProto.EXTERNAL]
    if external:
        raise Problem(f"the weights {', '.join(external)} are in another file; the model must be one file")
    if model.functions:
        raise Problem(f"the model defines functions: {', '.join(function.name for function in model.functions)}")
    if model.ir_version > NEWEST_IR:
        raise Problem(
            f"the file's IR version is {model.ir_version}; {NEWEST_IR} is the newest that is sure to load everywhere"
        )


def describe(node: NodeProto) -> str:
    return f"{node.op_type} {node.name!r}"


def has_subgraph(node: NodeProto) -> bool:
    return any(attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) for attribute in node.attribute)
