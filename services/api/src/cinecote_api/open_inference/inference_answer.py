"""The answer to an inference request."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from cinecote.films import CATEGORIES
from cinecote.registry import CHAMPION, GRAPH_OUTPUT
from cinecote_api.answers import by_model
from cinecote_api.models.followed import FollowedModels
from cinecote_api.models.graph import Matrix
from cinecote_api.models.served_model import ServedModel
from cinecote_api.models.serving import Served, Serving
from cinecote_api.open_inference.inference_request import InferenceRequest, parse_inference, wanted_outputs
from cinecote_api.open_inference.models import CATEGORY_OUTPUT, OpenModel
from cinecote_api.open_inference.tensors import read_films
from cinecote_api.predictions.outcomes import Predicted, predict_all
from cinecote_api.predictions.recording import Recorder


@dataclass(frozen=True, slots=True)
class Inference:
    """Answers inference requests, and keeps what it answered."""

    models: FollowedModels
    recorder: Recorder

    def answer(self, described: OpenModel, version: str | None, request_id: str, body: bytes) -> Response:
        """Predict every row of the tensors in `body`, or none: Problem where the request or one row can't be used.

        Where no version is named, whoever answers this request id does.
        """
        request = parse_inference(body)
        wanted = wanted_outputs(request)
        films, model = read_films(described, request.inputs), self.models.named(described.name)
        served, predicted = _predict(model.serving, version, request_id, films)
        self.recorder.record_all(request_id, served, predicted)
        tensors = [_TENSORS[name](predicted) for name in wanted]
        response = by_model(_answer(described, served.model, request) | {"outputs": tensors}, served)
        return model.shadow.follow_all(response, predicted) if served.role == CHAMPION else response


def _predict(serving: Serving, version: str | None, request_id: str, films: Matrix) -> tuple[Served, Predicted]:
    if version is None:
        return serving.answer(request_id, lambda model: predict_all(model, films))
    served = serving.version(version)
    return served, predict_all(served.model, films)


def _answer(described: OpenModel, model: ServedModel, request: InferenceRequest) -> dict[str, Any]:
    named = {"model_name": described.name, "model_version": model.version}
    return named if request.id is None else named | {"id": request.id}


def _categories(predicted: Predicted) -> dict[str, Any]:
    data = [CATEGORIES[place] for place in predicted.categories.tolist()]
    return {"name": CATEGORY_OUTPUT, "datatype": "BYTES", "shape": [len(data)], "data": data}


def _probabilities(predicted: Predicted) -> dict[str, Any]:
    data = predicted.probabilities.ravel().tolist()
    return {"name": GRAPH_OUTPUT, "datatype": "FP64", "shape": list(predicted.probabilities.shape), "data": data}


_TENSORS = {CATEGORY_OUTPUT: _categories, GRAPH_OUTPUT: _probabilities}
