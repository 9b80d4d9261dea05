"""`/model/…`: what an admin changes of the served model, with a key of his own: the page has none that could."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import structlog
from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from cinecote_web.admin_key import AdminKeys, could_be_a_key
from cinecote_web.admin_panel import AdminFault
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiRefused, ApiUnavailable, KeyRefused
from cinecote_web.language import current_language
from cinecote_web.model_changes import RELOAD, ROLLBACK, ModelChange, read_weight, traffic
from cinecote_web.moments import address_of, read_when
from cinecote_web.numbers import NotANumber

Show = Callable[[AdminFault], str]
"""The model's page with what went wrong on it."""

log = structlog.stdlib.get_logger(__name__)


def admin_pages(api: ApiClient, keys: AdminKeys, show: Show) -> Blueprint:
    """Each takes a form and leads back to `/model`, or shows why not."""
    pages = Blueprint("administration", __name__)

    def change(wanted: ModelChange) -> Response:
        key = keys.kept()
        if key is None:
            raise KeyRefused("key_gone")
        api.change_model(key, wanted, read_when(request.args))
        log.warning("model changed by an admin", change=wanted.name, when=read_when(request.args))
        return _back(done=wanted.name)

    @pages.post("/model/key")
    def key() -> Response:
        typed = request.form.get("key", "").strip()
        if not could_be_a_key(typed):
            raise KeyRefused("wrong_key")
        api.check_admin(typed)
        return keys.keep(_back(), typed)

    @pages.post("/model/forget")
    def forget() -> Response:
        return keys.forget(_back())

    @pages.post("/model/reload")
    def reload() -> Response:
        return change(RELOAD)

    @pages.post("/model/rollback")
    def roll_back() -> Response:
        return change(ROLLBACK)

    @pages.post("/model/traffic")
    def set_traffic() -> ResponseReturnValue:
        typed = request.form.get("weight", "")
        try:
            weight: Decimal = read_weight(typed, current_language().notation)
        except NotANumber:
            return show(AdminFault("weight_fault", weight=typed[:40])), 422
        return change(traffic(weight, shadow="shadow" in request.form))

    @pages.get("/model/<any(key, forget, reload, rollback, traffic):_form>")
    def back(_form: str) -> Response:
        return _back()

    @pages.errorhandler(KeyRefused)
    def key_refused(refusal: KeyRefused) -> ResponseReturnValue:
        return keys.forget(make_response(show(AdminFault(refusal.reason, signed_out=True)), 403))

    @pages.errorhandler(ApiRefused)
    def refused(refusal: ApiRefused) -> ResponseReturnValue:
        return show(AdminFault("refused", kind=refusal.kind, detail=refusal.detail)), 409

    @pages.errorhandler(ApiUnavailable)
    def away(outage: ApiUnavailable) -> ResponseReturnValue:
        return show(AdminFault("outage", kind=outage.reason)), 503, {"Retry-After": str(outage.retry_after)}

    return pages


def _back(**done: str) -> Response:
    held: dict[str, Any] = {**address_of(read_when(request.args)), **done}
    return make_response(redirect(f"{url_for('model.page', **held)}#admin", 303))
