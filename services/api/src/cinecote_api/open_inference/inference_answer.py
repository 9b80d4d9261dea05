"""The answer to an inference request."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from cinecote.films import CATEGORIES
from cinecote.registry import GRAPH_OUTPUT
from cinecote_api.answers import by_model
from cinecote_api.open_inference.inference_request import InferenceRequest, parse_inference, wanted_outputs
from cinecote_api.open_inference.models import CATEGORY_OUTPUT, OpenModel
from cinecote_api.open_inference.tensors import read_films
from cinecote_api.prediction import Prediction
from cinecote_api.recording import Recorder
from cinecote_api.served_model import ServedModel


def infer(described: OpenModel, model: ServedModel, recorder: Recorder, request_id: str, body: bytes) -> Response:
    """Predict every row of the tensors in `body`, or none: Problem where the request or one row can't be used."""
    request = parse_inference(body)
    wanted = wanted_outputs(request)
    films = read_films(described, request.inputs)
    predictions = model.predict(films)
    recorder.record(request_id, model, films, predictions)
    tensors = [_TENSORS[name](predictions) for name in wanted]
    return by_model(_answer(described, model, request) | {"outputs": tensors}, model)


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
