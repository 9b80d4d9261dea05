"""Answers in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from cinecote.features import InputFault
from cinecote.registry import MODEL_NAME
from cinecote_api.batch import Batch
from cinecote_api.explanations.explanation import Explanation
from cinecote_api.prediction import Prediction
from cinecote_api.served_model import ServedModel
from cinecote_api.serving import ROLE

_encoder = msgspec.json.Encoder()


def json_answer(said: Any, headers: Mapping[str, str] | None = None) -> Response:
    """200 with `said`; floats with every digit, moments in ISO 8601."""
    return Response(_encoder.encode(said), headers=headers, media_type="application/json")


def prediction_answer(model: ServedModel, prediction: Prediction) -> Response:
    said = {
        "category": prediction.category,
        "probabilities": prediction.probabilities,
        "certain": prediction.certain,
        "model": model_name(model),
    }
    return json_answer(said, model_headers(model))


def batch_answer(model: ServedModel, batch: Batch) -> Response:
    predictions = [{"error": it} if isinstance(it, InputFault) else it for it in batch.outcomes]
    said = {"model": model_name(model), "predictions": predictions, "failed": batch.failed}
    return json_answer(said, model_headers(model))


def explanation_answer(model: ServedModel, explanation: Explanation, neighbours: Sequence[Any]) -> Response:
    said = {
        "category": explanation.prediction.category,
        "probabilities": explanation.prediction.probabilities,
        "base": explanation.base,
        "inputs": explanation.inputs,
        "neighbours": neighbours,
        "flip": explanation.flip,
        "model": model_name(model),
    }
    return json_answer(said, model_headers(model))


def model_name(model: ServedModel) -> dict[str, str]:
    return {"name": MODEL_NAME, "version": model.version}


def model_card(model: ServedModel) -> dict[str, Any]:
    """What there is to know of the model, its training's figures as training wrote them."""
    manifest = model.manifest
    return {
        **model_name(model),
        "role": ROLE,
        "trained_at": manifest.trained_at,
        "data": manifest.data,
        "metrics": manifest.metrics,
        "inputs": manifest.inputs,
        "thresholds": {"moyen": manifest.thresholds.moyen, "bien": manifest.thresholds.bien},
        "margin": manifest.margin,
        "sha256": manifest.sha256,
    }


def model_headers(model: ServedModel) -> dict[str, str]:
    return {"X-Model-Version": model.version, "X-Model-Role": ROLE}
