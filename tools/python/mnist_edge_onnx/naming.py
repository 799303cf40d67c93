"""Short, readable, unique names: node `conv_1` gives the value `conv_1` and has weights `conv_1_W` and `conv_1_B`."""

import re
from collections import Counter

from onnx import GraphProto, NodeProto
from onnx.defs import SchemaError, get_schema


def rename(graph: GraphProto, fixed: dict[str, str]) -> None:
    """Renames every node and value of a graph without subgraphs. `fixed` maps the graph's inputs and outputs."""
    names = dict(fixed)
    taken = set(fixed.values())

    def give(old: str, wanted: str) -> None:
        if not old or old in names:
            return
        # ONNX asks for names that C would accept as identifiers.
        new, count = wanted, 1
        while new in taken:
            count += 1
            new = f"{wanted}_{count}"
        taken.add(new)
        names[old] = new

    weights = {tensor.name for tensor in graph.initializer}
    seen: Counter[str] = Counter()
    for node in graph.node:
        kind = snake(node.op_type)
        seen[kind] += 1
        node.name = f"{kind}_{seen[kind]}"
        for index, old in enumerate(node.input):
            if old in weights:
                give(old, f"{node.name}_{parameter(node, index, 'inputs')}")
        for index, old in enumerate(node.output):
            several = len(node.output) > 1
            give(old, f"{node.name}_{parameter(node, index, 'outputs')}" if several else node.name)

    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in (*graph.initializer, *graph.input, *graph.output):
        value.name = names[value.name]


def snake(operator: str) -> str:
    """`BatchNormalization` → `batch_normalization`, `MatMul` → `mat_mul`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operator).lower()


def parameter(node: NodeProto, index: int, side: str) -> str:
    """The operator's own name for its input or output, such as `W` of Conv; its number where it has none."""
    try:
        formal = getattr(get_schema(node.op_type, domain=node.domain), side)
    except SchemaError:
        return str(index + 1)
    if index < len(formal) - 1 or (formal and index == len(formal) - 1 and "Variadic" not in str(formal[-1].option)):
        return formal[index].name
    return str(index + 1)
