"""`/films`: search in the database for a film to estimate."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cinecote.features import INPUTS
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiRefused, ApiUnavailable

_FILMS_A_PAGE = 20
LONGEST_SEARCH = 200


def film_pages(api: ApiClient) -> Blueprint:
    """The page `/films`. Its address holds the `search` and the `cursor` of the films that are shown."""
    pages = Blueprint("films", __name__)

    @pages.get("/films")
    def page() -> ResponseReturnValue:
        search = request.args.get("search", "").strip()
        cursor = request.args.get("cursor", "")
        if len(search) > LONGEST_SEARCH:
            return _show(search, refused="too_long"), 422
        try:
            found = api.films(_FILMS_A_PAGE, search, cursor)
        except ApiRefused:
            return _show(search, refused="refused"), 422
        except ApiUnavailable as outage:
            return _show(search, outage=outage.reason), 503, {"Retry-After": str(outage.retry_after)}
        return _show(search, found=found, first=not cursor)

    return pages


def _show(search: str, **results: object) -> str:
    nothing = {"found": None, "first": True, "refused": None, "outage": None}
    return render_template("films/page.html", search=search, inputs=INPUTS, **{**nothing, **results})
