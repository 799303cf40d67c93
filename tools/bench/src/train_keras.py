"""Keras on TensorFlow, the peer of the trainer: the tutorial model, an epoch for each line that comes in."""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
import numpy  # noqa: E402

BATCH = 128


def main() -> None:
    images_file, labels_file = sys.argv[1:]
    labels = numpy.fromfile(labels_file, dtype=numpy.uint8).astype("int32")
    images = (numpy.fromfile(images_file, dtype=numpy.uint8).astype("float32") / 255).reshape(-1, 28, 28, 1)
    keras.utils.set_random_seed(1)
    # As packages/trainer/src/models/keras-tutorial.ts has it; compiled as Keras does by itself.
    model = keras.Sequential(
        [
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss, metrics=["accuracy"])
    targets = keras.utils.to_categorical(labels, 10)
    print(json.dumps({"version": keras.version()}), flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        used = time.process_time()
        history = model.fit(images, targets, batch_size=BATCH, epochs=1, verbose=0)
        answer = {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": time.process_time() - used,
            "loss": history.history["loss"][0],
        }
        print(json.dumps(answer), flush=True)


main()
