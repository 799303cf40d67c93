"""Makes another form of a finished model, which answers the same."""

from pathlib import Path

import onnx

from mnist_edge_onnx.byte_input import take_bytes
from mnist_edge_onnx.finish import check, load, summary, write
from mnist_edge_onnx.half_weights import halve_weights


def variant(source: Path, target: Path, half: bool, bytes_in: bool) -> dict:
    """`half`: weights in 16 bits. `bytes_in`: grey levels as bytes instead of 0..1. What the file says about itself is
    kept, but for what is another now."""
    model = load(source)
    says = {entry.key: entry.value for entry in model.metadata_props}
    if half:
        halve_weights(model)
        says["weights"] = "float16, computed in float32"
    if bytes_in:
        take_bytes(model)
        says["range"] = "0..255, bytes; overrides what is said of 0..1"
    onnx.helper.set_model_props(model, says)
    check(model)
    write(model, target)
    return summary(model)
