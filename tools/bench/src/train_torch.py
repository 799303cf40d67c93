"""PyTorch, a peer of the trainer: the tutorial model, an epoch for each line that comes in."""

import json
import sys
import time

import numpy
import torch
from torch import nn

BATCH = 128


def main() -> None:
    images_file, labels_file = sys.argv[1:]
    labels = torch.from_numpy(numpy.fromfile(labels_file, dtype=numpy.uint8)).long()
    pixels = numpy.fromfile(images_file, dtype=numpy.uint8).astype("float32") / 255
    images = torch.from_numpy(pixels).reshape(-1, 1, 28, 28)
    torch.manual_seed(1)
    # As packages/trainer/src/models/keras-tutorial.ts has it, in PyTorch's order of axes.
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(13 * 13 * 32, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    measure = nn.CrossEntropyLoss()
    print(json.dumps({"version": torch.__version__}), flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        used = time.process_time()
        model.train()
        total = torch.zeros(())
        right = torch.zeros((), dtype=torch.long)
        # All images are in memory: a DataLoader, which hands them on one by one, would only cost time.
        for chosen in torch.randperm(len(labels)).split(BATCH):
            target = labels[chosen]
            optimizer.zero_grad()
            logits = model(images[chosen])
            loss = measure(logits, target)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(target)
            right += (logits.argmax(1) == target).sum()
        answer = {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": time.process_time() - used,
            "loss": total.item() / len(labels),
            "accuracy": right.item() / len(labels),
        }
        print(json.dumps(answer), flush=True)


main()
