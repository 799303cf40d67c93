"""The command `mnist-edge-onnx`. It only wires: arguments in, one JSON line and an exit code out."""

import argparse
import json
import sys
from pathlib import Path

from mnist_edge_onnx.problem import Problem


def main() -> None:
    parser = argparse.ArgumentParser("mnist-edge-onnx", description="Finishes ONNX files.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    finish = commands.add_parser("finish", help="names, describes and checks a converted model", allow_abbrev=False)
    finish.add_argument("--input", type=Path, required=True, help="the model as tf2onnx wrote it")
    finish.add_argument("--output", type=Path, required=True, help="where the finished model goes")
    finish.add_argument("--description", type=Path, required=True, help="JSON: the new names and the metadata")
    quantize = commands.add_parser("quantize", help="makes an 8-bit model of a finished one", allow_abbrev=False)
    quantize.add_argument("--input", type=Path, required=True, help="the finished model")
    quantize.add_argument("--output", type=Path, required=True, help="where the quantized model goes")
    quantize.add_argument("--images", type=Path, required=True, help="float32 images to take the ranges of numbers from")
    variant = commands.add_parser("variant", help="makes another form of a finished one", allow_abbrev=False)
    variant.add_argument("--input", type=Path, required=True, help="the finished model")
    variant.add_argument("--output", type=Path, required=True, help="where the other form goes")
    variant.add_argument("--half-weights", action="store_true", help="keep weights in 16 bits")
    variant.add_argument("--byte-input", action="store_true", help="take grey levels as bytes")
    commands.add_parser("versions", help="what this Python environment holds")
    arguments = parser.parse_args()
    try:
        print(json.dumps(run(arguments)))
    except (Problem, OSError) as error:
        sys.exit("mnist-edge-onnx: " + " ".join(str(error).split()))


def run(arguments: argparse.Namespace) -> dict:
    # onnx takes a third of a second to import, so only the command that needs it does.
    if arguments.command == "versions":
        from mnist_edge_onnx.versions import versions

        return versions()
    if arguments.command == "quantize":
        from mnist_edge_onnx.quantize import quantize

        return quantize(arguments.input, arguments.output, arguments.images)
    if arguments.command == "variant":
        from mnist_edge_onnx.variant import variant

        return variant(arguments.input, arguments.output, arguments.half_weights, arguments.byte_input)
    from mnist_edge_onnx.finish import finish

    return finish(arguments.input, arguments.output, arguments.description)
