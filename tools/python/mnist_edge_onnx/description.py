"""The description file: what `finish` is to make of a converted model."""

import json
from dataclasses import dataclass
from pathlib import Path

from mnist_edge_onnx.problem import Problem


@dataclass(frozen=True)
class Description:
    """`inputs` and `outputs` give for each graph input's (output's) current name, or its beginning, the new name."""

    inputs: dict[str, str]
    outputs: dict[str, str]
    metadata: dict[str, str]
    producer: str
    producerVersion: str
    graphName: str


def read_description(file: Path) -> Description:
    """Reads and checks the JSON file: every field is required, and no other is known."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(f"{file} is not JSON: {error}") from error
    fields = Description.__annotations__
    if not isinstance(content, dict) or content.keys() != fields.keys():
        raise Problem(f"{file} must be a JSON object with exactly the fields {', '.join(fields)}")
    for field, kind in fields.items():
        value = content[field]
        if kind is str and not isinstance(value, str):
            raise Problem(f"{file}: {field} is {json.dumps(value)}, expected a string")
        if kind is not str and not (isinstance(value, dict) and all(isinstance(text, str) for text in value.values())):
            raise Problem(f"{file}: {field} is {json.dumps(value)}, expected an object of strings")
    return Description(**content)


def match(described: dict[str, str], actual: list[str], kind: str) -> dict[str, str]:
    """Full current name → new name. Each described name must fit one actual name, and every actual one be described."""
    renamed: dict[str, str] = {}
    for begin, name in described.items():
        found = [begin] if begin in actual else [full for full in actual if full.startswith(begin)]
        if len(found) != 1:
            raise Problem(f"{kind} {begin!r} of the description fits {found or 'none'} of the graph's {kind}s {actual}")
        if found[0] in renamed:
            raise Problem(f"two entries of the description fit the graph's {kind} {found[0]!r}")
        renamed[found[0]] = name
    missing = [full for full in actual if full not in renamed]
    if missing:
        raise Problem(f"the description gives no new name to the graph's {kind}s {missing}")
    return renamed
