"""`/model`: what answers, how good it was found to be, and how it came to be the one that answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES
from cinecote_web.admin_key import MINUTES, AdminKeys
from cinecote_web.admin_panel import DONE, AdminFault, AdminPanel
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


class ModelPage:
    """The page `/model`, of the model that the address names; without the registry only the ledger is missing."""

    def __init__(self, api: ApiClient, links: Links, keys: AdminKeys) -> None:
        self._api = api
        self._links = links
        self._keys = keys

    def show(self, fault: AdminFault | None = None) -> str:
        """The page, with what went wrong for an admin; without a model it is the one that says so."""
        try:
            return self.shown(fault)
        except ApiUnavailable as outage:
            return self.away(outage, fault)

    def shown(self, fault: AdminFault | None = None) -> str:
        """The page; ApiUnavailable where there is no model to show."""
        when = read_when(request.args)
        card = self._api.model(when)
        return render_template(
            "model/page.html",
            when=when,
            moments=_MOMENTS,
            card=card,
            scores=scores(card.metrics),
            peers={**_baselines(card.metrics), "model": scores(card.metrics)},
            measures=_MEASURES,
            splits=_SPLITS,
            registered=_registered(self._api, when),
            links=self._links,
            categories=CATEGORIES,
            inputs=[accepted for accepted in ACCEPTED if accepted.name in card.inputs],
            panel=self._panel(fault),
        )

    def away(self, outage: ApiUnavailable, fault: AdminFault | None = None) -> str:
        """The page without a model, which an admin may have loaded."""
        return render_template(
            "model/away.html",
            outage=outage.reason,
            when=read_when(request.args),
            moments=_MOMENTS,
            registered=None,
            panel=self._panel(fault),
        )

    def _panel(self, fault: AdminFault | None) -> AdminPanel:
        signed_in = self._keys.kept() is not None and not (fault and fault.signed_out)
        done = request.args.get("done") if fault is None else None
        return AdminPanel(signed_in, MINUTES, done if done in DONE else None, fault)


def model_pages(page: ModelPage) -> Blueprint:
    """The page `/model`."""
    pages = Blueprint("model", __name__)

    @pages.get("/model", endpoint="page")
    def show() -> ResponseReturnValue:
        try:
            return page.shown()
        except ApiUnavailable as outage:
            return page.away(outage), 503, {"Retry-After": str(outage.retry_after)}

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
