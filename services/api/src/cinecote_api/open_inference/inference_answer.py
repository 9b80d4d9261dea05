"""The answer to an inference request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from cinecote.films import CATEGORIES
from cinecote.registry import CHAMPION, GRAPH_OUTPUT
from cinecote_api.answers import by_model
from cinecote_api.open_inference.inference_request import InferenceRequest, parse_inference, wanted_outputs
from cinecote_api.open_inference.models import CATEGORY_OUTPUT, OpenModel
from cinecote_api.open_inference.tensors import read_films
from cinecote_api.prediction import Prediction
from cinecote_api.recording import Recorder
from cinecote_api.served_model import ServedModel
from cinecote_api.serving import Served, Serving
from cinecote_api.shadow import Shadow


@dataclass(frozen=True, slots=True)
class Inference:
    """Answers inference requests, and keeps what it answered."""

    serving: Serving
    recorder: Recorder
    shadow: Shadow

    def answer(self, described: OpenModel, version: str | None, request_id: str, body: bytes) -> Response:
        """Predict every row of the tensors in `body`, or none: Problem where the request or one row can't be used.

        Where no version is named, whoever answers this request id does.
        """
        request = parse_inference(body)
        wanted = wanted_outputs(request)
        films = read_films(described, request.inputs)
        served, predictions = self._predict(version, request_id, films)
        self.recorder.record(request_id, served, films, predictions)
        tensors = [_TENSORS[name](predictions) for name in wanted]
        response = by_model(_answer(described, served.model, request) | {"outputs": tensors}, served)
        return self.shadow.follow(response, films, predictions) if served.role == CHAMPION else response

    def _predict(
        self, version: str | None, request_id: str, films: list[dict[str, float]]
    ) -> tuple[Served, list[Prediction]]:
        if version is None:
            return self.serving.answer(request_id, lambda model: model.predict(films))
        served = self.serving.version(version)
        return served, served.model.predict(films)


def _answer(described: OpenModel, model: ServedModel, request: InferenceRequest) -> dict[str, Any]:
    named = {"model_name": described.name, "model_version": model.version}
    return named if request.id is None else named | {"id": request.id}


def _categories(predictions: Sequence[Prediction]) -> dict[str, Any]:
    data = [prediction.category for prediction in predictions]
    return {"name": CATEGORY_OUTPUT, "datatype": "BYTES", "shape": [len(predictions)], "data": data}


def _probabilities(predictions: Sequence[Prediction]) -> dict[str, Any]:
    data = [prediction.probabilities[category] for prediction in predictions for category in CATEGORIES]
    return {"name": GRAPH_OUTPUT, "datatype": "FP64", "shape": [len(predictions), len(CATEGORIES)], "data": data}


_TENSORS = {CATEGORY_OUTPUT: _categories, GRAPH_OUTPUT: _probabilities}
