"""Answers in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from cinecote.films import CATEGORIES
from cinecote.registry import CHAMPION
from cinecote_api.explanations.explanation import Explanation
from cinecote_api.models.served_model import ServedModel
from cinecote_api.models.serving import Served
from cinecote_api.predictions.batch import Batch
from cinecote_api.predictions.outcomes import ByCategory, Predicted, SaidOfOne, merged
from cinecote_api.predictions.prediction import One

_encoder = msgspec.json.Encoder()


class ModelAnswer(Response):
    """200 with a body in JSON that a model made; without the general case's work on headers."""

    def __init__(self, body: bytes, served: Served) -> None:
        self.status_code = 200
        self.background = None
        self.body = body
        self.raw_headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"x-model-version", served.model.version.encode("ascii")),
            (b"x-model-role", served.role.encode("ascii")),
        ]


def json_answer(said: Any, headers: Mapping[str, str] | None = None) -> Response:
    """200 with `said`; floats with every digit, moments in ISO 8601."""
    return Response(_encoder.encode(said), headers=headers, media_type="application/json")


def by_model(said: Any, served: Served) -> Response:
    """200 with `said`, and with the headers that say which model made it."""
    return ModelAnswer(_encoder.encode(said), served)


def prediction_answer(served: Served, one: One) -> Response:
    said = SaidOfOne(CATEGORIES[one.place], ByCategory(*one.probabilities), one.certain, model_name(served.model))
    return ModelAnswer(_encoder.encode(said), served)


def batch_answer(served: Served, batch: Batch, predicted: Predicted) -> Response:
    predictions = merged(batch.count, predicted.said(), batch.faults)
    said = {"model": model_name(served.model), "predictions": predictions, "failed": len(batch.faults)}
    return ModelAnswer(_encoder.encode(said), served)


def explanation_answer(served: Served, explanation: Explanation, neighbours: Sequence[Any]) -> Response:
    said = {
        "category": explanation.prediction.category,
        "probabilities": explanation.prediction.probabilities,
        "base": explanation.base,
        "inputs": explanation.inputs,
        "neighbours": neighbours,
        "flip": explanation.flip,
        "model": model_name(served.model),
    }
    if explanation.along is not None:
        said["along"] = explanation.along
    return ModelAnswer(_encoder.encode(said), served)


def model_name(model: ServedModel) -> dict[str, str]:
    return {"name": model.name, "version": model.version}


def model_card(model: ServedModel) -> dict[str, Any]:
    """What there is to know of the model, its training's figures as training wrote them."""
    manifest = model.manifest
    return {
        **model_name(model),
        "role": CHAMPION,
        "trained_at": manifest.trained_at,
        "data": manifest.data,
        "metrics": manifest.metrics,
        "inputs": manifest.inputs,
        "thresholds": {"moyen": manifest.thresholds.moyen, "bien": manifest.thresholds.bien},
        "margin": manifest.margin,
        "sha256": manifest.sha256,
    }


def model_headers(served: Served) -> dict[str, str]:
    return {"X-Model-Version": served.model.version, "X-Model-Role": served.role}
