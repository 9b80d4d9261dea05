"""The answer to an inference request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from cinecote.films import CATEGORIES
from cinecote.registry import GRAPH_OUTPUT
from cinecote_api.answers import by_model
from cinecote_api.open_inference.asked import Asked
from cinecote_api.open_inference.inference_request import parse_inference, wanted_outputs
from cinecote_api.open_inference.models import CATEGORY_OUTPUT
from cinecote_api.open_inference.tensors import read_films
from cinecote_api.prediction import Prediction
from cinecote_api.recording import Recorder
from cinecote_api.shadow import Shadow


@dataclass(frozen=True, slots=True)
class Inference:
    """Answers inference requests, and has the answers kept."""

    recorder: Recorder
    shadow: Shadow

    def answer(self, asked: Asked, request_id: str, body: bytes) -> Response:
        """The prediction of every row of the tensors in `body`; Problem where the request or one row can't be used."""
        request = parse_inference(body)
        wanted = wanted_outputs(request)
        films = read_films(asked.model, request.inputs)
        served, predictions = asked.answer(request_id, lambda model: model.predict(films))
        self.recorder.record(request_id, served, films, predictions)
        said = {"model_name": asked.model.name, "model_version": served.model.version}
        if request.id is not None:
            said["id"] = request.id
        response = by_model({**said, "outputs": [_TENSORS[name](predictions) for name in wanted]}, served)
        return self.shadow.follow(response, films, predictions)


def _categories(predictions: Sequence[Prediction]) -> dict[str, Any]:
    data = [prediction.category for prediction in predictions]
    return {"name": CATEGORY_OUTPUT, "datatype": "BYTES", "shape": [len(predictions)], "data": data}


def _probabilities(predictions: Sequence[Prediction]) -> dict[str, Any]:
    data = [prediction.probabilities[category] for prediction in predictions for category in CATEGORIES]
    return {"name": GRAPH_OUTPUT, "datatype": "FP64", "shape": [len(predictions), len(CATEGORIES)], "data": data}


_TENSORS = {CATEGORY_OUTPUT: _categories, GRAPH_OUTPUT: _probabilities}
