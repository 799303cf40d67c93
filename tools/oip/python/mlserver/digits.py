"""The released model as an MLServer runtime, so that the conformance suite meets a server that is not ours."""

import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import get_model_uri

OUTPUTS = ("logits", "probabilities")


class Digits(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(await get_model_uri(self.settings), options)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        image = self.decode(payload.inputs[0], default_codec=NumpyCodec)
        wanted = [output.name for output in payload.outputs or []] or list(OUTPUTS)
        results = self._session.run(wanted, {payload.inputs[0].name: image})
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            id=payload.id,
            outputs=[NumpyCodec.encode_output(name, result) for name, result in zip(wanted, results)],
        )
