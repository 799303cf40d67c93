"""The command `tf2onnx`, which its package does not bring."""

import numpy


def main() -> None:
    # tf2onnx 1.17 calls this older name of numpy.prod, which NumPy 2 removed.
    if not hasattr(numpy, "product"):
        numpy.product = numpy.prod
    from tf2onnx.convert import main as convert

    convert()
