"""`/model`: what answers, how good it was found to be, and how it came to be the one that answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES
from cinecote_web import comparison
from cinecote_web.admin_key import MINUTES, AdminKeys
from cinecote_web.admin_panel import DONE, AdminFault, AdminPanel
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiUnavailable
from cinecote_web.model_plots import plot_answer
from cinecote_web.model_scores import MEASURES, SPLITS, baselines, scores
from cinecote_web.moments import ADDRESSES, When, read_when
from cinecote_web.serving_figures import LIVE_MEASURES

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of pages beside this one, for a visitor's browser; None where there is no such page."""

    mlflow: str | None = None
    grafana: str | None = None


NO_LINKS = Links()


class ModelPage:
    """The page `/model`, of the model that the address names.

    What can't be told for now, as the ledger without the registry, is all that is missing.
    """

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
        card, report = self._api.model(when), _unless_away(self._api.report, when)
        return render_template(
            "model/page.html",
            when=when,
            moments=ADDRESSES,
            card=card,
            scores=scores(card.metrics),
            peers={**baselines(card.metrics), "model": scores(card.metrics)},
            measures=MEASURES,
            splits=SPLITS,
            report=report,
            comparison=comparison,
            drift=_unless_away(self._api.drift, when),
            live=_unless_away(self._api.live, when),
            live_measures=LIVE_MEASURES,
            registered=_unless_away(self._api.models, when),
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
            moments=ADDRESSES,
            registered=None,
            panel=self._panel(fault),
        )

    def _panel(self, fault: AdminFault | None) -> AdminPanel:
        signed_in = self._keys.kept() is not None and not (fault and fault.signed_out)
        done = request.args.get("done") if fault is None else None
        return AdminPanel(signed_in, MINUTES, done if done in DONE else None, fault)


def model_pages(api: ApiClient, page: ModelPage) -> Blueprint:
    """The page `/model`, and the plots on it."""
    pages = Blueprint("model", __name__)

    @pages.get("/model", endpoint="page")
    def show() -> ResponseReturnValue:
        try:
            return page.shown()
        except ApiUnavailable as outage:
            return page.away(outage), 503, {"Retry-After": str(outage.retry_after)}

    @pages.get("/model/plots/<name>.svg")
    def plot(name: str) -> ResponseReturnValue:
        return plot_answer(api, name, read_when(request.args))

    return pages


def _unless_away(ask: Callable[[When], Answer], when: When) -> Answer | None:
    """What is asked about the model; None where it can't be told for now."""
    try:
        return ask(when)
    except ApiUnavailable:
        return None
