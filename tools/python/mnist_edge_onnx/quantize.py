"""Makes of a finished model one that computes in 8-bit integers."""

import logging
import os
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from mnist_edge_onnx.finish import check, load, summary, write
from mnist_edge_onnx.problem import Problem
from mnist_edge_onnx.slim import PRODUCTS, slim

# Images a run of the model when ranges are taken.
BATCH = 100


def quantize(source: Path, target: Path, images: Path) -> dict:
    """Quantizes the convolutions and matrix products: weights to int8 by output channel, activations to uint8 by the
    range that they had on the images (static quantization in the QDQ format). `images` holds float32 numbers, as many
    as the model's input takes for each image."""
    model = load(source)
    name, shape = model_input(model)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "quantized.onnx"
        # It advises every caller to preprocess, which tf2onnx's optimizer has done.
        logging.disable(logging.WARNING)
        quantize_static(
            source,
            draft,
            Images(name, read_images(images, shape)),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(PRODUCTS),
            per_channel=True,
            # Weights of 7 bits: the sum of two products of 8 bits overflows on x86 processors without VNNI, and the
            # answers would be other ones there.
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        quantized = load(draft)
    slim(quantized)
    quantized.producer_name = model.producer_name
    quantized.producer_version = model.producer_version
    onnx.helper.set_model_props(quantized, {entry.key: entry.value for entry in model.metadata_props})
    check(quantized)
    write(quantized, target)
    return summary(quantized)


class Images(CalibrationDataReader):
    def __init__(self, name: str, images: np.ndarray) -> None:
        self.batches = iter([{name: images[first : first + BATCH]} for first in range(0, len(images), BATCH)])

    def get_next(self) -> dict | None:
        return next(self.batches, None)


def model_input(model: onnx.ModelProto) -> tuple[str, list[int]]:
    """The name of the only input, and its shape without the batch."""
    (value,) = model.graph.input
    return value.name, [dimension.dim_value for dimension in value.type.tensor_type.shape.dim[1:]]


def read_images(file: Path, shape: list[int]) -> np.ndarray:
    size = int(np.prod(shape)) * 4
    length = os.path.getsize(file)
    if length == 0 or length % size != 0:
        raise Problem(f"{file} has {length} bytes; expected images of {size} bytes each (float32 {shape})")
    return np.fromfile(file, dtype="<f4").reshape(-1, *shape)
