"""Lists, checks and infers with tritonclient's defaults, as a program that knows nothing of this server would.

Reads images as float32 (flat, `[count, 28, 28, 1]`), writes the model's probabilities as float32 (`[count, 10]`), and
prints what the server said about itself as JSON.
"""

import argparse
import json
import sys

import numpy


def http(url, model, images, batch, binary):
    from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput

    with InferenceServerClient(url) as client:
        said = {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "modelReady": client.is_model_ready(model),
            "server": client.get_server_metadata(),
            "model": client.get_model_metadata(model),
        }
        rows = []
        for first in range(0, len(images), batch):
            part = images[first : first + batch]
            tensor = InferInput("image", list(part.shape), "FP32")
            tensor.set_data_from_numpy(part, **binary)
            # No outputs are named where tritonclient's default is wanted: all of them, as binary data.
            outputs = None if not binary else [InferRequestedOutput("probabilities", **binary)]
            rows.append(client.infer(model, [tensor], outputs=outputs).as_numpy("probabilities"))
        return said, numpy.concatenate(rows)


def grpc(url, model, images, batch):
    from tritonclient.grpc import InferenceServerClient, InferInput

    with InferenceServerClient(url) as client:
        said = {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "modelReady": client.is_model_ready(model),
            "server": client.get_server_metadata(as_json=True),
            "model": client.get_model_metadata(model, as_json=True),
        }
        rows = []
        for first in range(0, len(images), batch):
            part = images[first : first + batch]
            tensor = InferInput("image", list(part.shape), "FP32")
            tensor.set_data_from_numpy(part)
            rows.append(client.infer(model, [tensor]).as_numpy("probabilities"))
        return said, numpy.concatenate(rows)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--protocol", choices=["http", "http-json", "grpc"], required=True)
    arguments.add_argument("--address", required=True, help="host:port")
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--images", required=True)
    arguments.add_argument("--probabilities", required=True)
    arguments.add_argument("--batch", type=int, required=True)
    given = arguments.parse_args()
    images = numpy.fromfile(given.images, dtype="<f4").reshape(-1, 28, 28, 1)
    if given.protocol == "grpc":
        said, probabilities = grpc(given.address, given.model, images, given.batch)
    else:
        binary = {} if given.protocol == "http" else {"binary_data": False}
        said, probabilities = http(given.address, given.model, images, given.batch, binary)
    probabilities.astype("<f4").tofile(given.probabilities)
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
