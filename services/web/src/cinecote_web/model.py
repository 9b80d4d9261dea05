"""`/model`: what answers, how good it was found to be, and how it came to be the one that answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES
from cinecote_web.api_answers import RegisteredModels
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiUnavailable
from cinecote_web.moments import MODEL_AT, When, address_of, read_when

_MEASURES = ("macro_f1", "quadratic_weighted_kappa", "ranked_probability_score", "log_loss", "calibration_error")
_MOMENTS = {when: address_of(when) for when in MODEL_AT}
_SPLITS = ("cross_validation", "by_date", "held_out")


@dataclass(frozen=True, slots=True)
class Score:
    """A measure's value, and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of pages beside this one, for a visitor's browser; None where there is no such page."""

    mlflow: str | None = None
    grafana: str | None = None


NO_LINKS = Links()


def model_pages(api: ApiClient, links: Links) -> Blueprint:
    """The page `/model`, of the model that `when` names; without the registry only the ledger is missing."""
    pages = Blueprint("model", __name__)

    @pages.get("/model")
    def page() -> ResponseReturnValue:
        when = read_when(request.args)
        try:
            card = api.model(when)
        except ApiUnavailable as outage:
            shown = render_template("model/away.html", outage=outage.reason, when=when, moments=_MOMENTS)
            return shown, 503, {"Retry-After": str(outage.retry_after)}
        peers = {**_baselines(card.metrics), "model": scores(card.metrics)}
        return render_template(
            "model/page.html",
            when=when,
            moments=_MOMENTS,
            card=card,
            scores=scores(card.metrics),
            peers=peers,
            measures=_MEASURES,
            splits=_SPLITS,
            registered=_registered(api, when),
            links=links,
            categories=CATEGORIES,
            inputs=[accepted for accepted in ACCEPTED if accepted.name in card.inputs],
        )

    return pages


def scores(metrics: Mapping[str, Any]) -> dict[tuple[str, str], Score]:
    """By split and measure what training measured."""
    return {
        (split, measure): Score(told["value"], told.get("low", told["value"]), told.get("high", told["value"]))
        for split in _SPLITS
        for measure in _MEASURES
        if isinstance(metrics.get(split), Mapping)
        and isinstance(told := metrics[split].get(measure), Mapping)
        and isinstance(told.get("value"), int | float)
    }


def _baselines(metrics: Mapping[str, Any]) -> dict[str, dict[tuple[str, str], Score]]:
    told = metrics.get("baselines")
    return {name: scores(each) for name, each in told.items()} if isinstance(told, Mapping) else {}


def _registered(api: ApiClient, when: When) -> RegisteredModels | None:
    try:
        return api.models(when)
    except ApiUnavailable:
        return None
