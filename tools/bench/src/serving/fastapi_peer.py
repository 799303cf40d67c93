"""The peer: the server that most people would write, FastAPI and onnxruntime, with the same model and the same JSON."""

import os

import numpy as np
import onnxruntime as ort
from fastapi import FastAPI
from pydantic import BaseModel

options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Tensor(BaseModel):
    name: str
    shape: list[int]
    datatype: str
    data: list[float]


class Request(BaseModel):
    inputs: list[Tensor]


@app.get("/ready")
def ready():
    return {"ready": True}


@app.post("/infer")
async def infer(request: Request):
    tensor = request.inputs[0]
    image = np.array(tensor.data, dtype=np.float32).reshape(tensor.shape)
    names = ["logits", "probabilities"]
    results = session.run(names, {tensor.name: image})
    outputs = [
        {"name": name, "datatype": "FP32", "shape": list(result.shape), "data": result.ravel().tolist()}
        for name, result in zip(names, results)
    ]
    return {"model_name": "digits", "outputs": outputs}
