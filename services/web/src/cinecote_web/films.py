"""`/films`: the films of the database, to search, to sort, and to estimate; `/films/7`: one of them."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cinecote.features import INPUTS
from cinecote.films import CATEGORIES
from cinecote_web.api_answers import FilmRecord, Prediction
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiRefused, ApiUnavailable
from cinecote_web.error_pages import FilmNotFound
from cinecote_web.film_search import FilmSearch, read_search

_FILMS_A_PAGE = 20
_LARGEST_ID = 10**18


def film_pages(api: ApiClient) -> Blueprint:
    """The pages `/films` and `/films/<id>`. The first one's address holds the filters, the order and the cursor."""
    pages = Blueprint("films", __name__)

    @pages.get("/films")
    def page() -> ResponseReturnValue:
        wanted = read_search(request.args)
        if wanted.too_long:
            return _show(wanted, refused={"search": "too_long"}), 422
        try:
            found = api.films(_FILMS_A_PAGE, **wanted.params)
        except ApiRefused as refusal:
            return _show(wanted, refused=_refused(refusal)), 422
        except ApiUnavailable as outage:
            return _show(wanted, outage=outage.reason), 503, {"Retry-After": str(outage.retry_after)}
        return _show(wanted, found=found)

    @pages.get("/films/<int:film_id>")
    def film(film_id: int) -> ResponseReturnValue:
        try:
            film = api.film(film_id) if film_id < _LARGEST_ID else None
        except ApiUnavailable as outage:
            shown = render_template("films/away.html", outage=outage.reason)
            return shown, 503, {"Retry-After": str(outage.retry_after)}
        if film is None:
            raise FilmNotFound
        return render_template("films/film.html", film=film, inputs=INPUTS, prediction=_prediction(api, film))

    return pages


def _prediction(api: ApiClient, film: FilmRecord) -> Prediction | None:
    """What the model says of a film; None where nothing is known of it, or no answer comes."""
    if not film.inputs:
        return None
    try:
        # Whoever looks at a film hasn't asked for an estimate of it: see estimate.py.
        explanation = api.explanation(film.inputs)
        return explanation.prediction(api.card_of(explanation.model).margin)
    except (ApiUnavailable, ApiRefused):
        return None


def _refused(refusal: ApiRefused) -> dict[str, str]:
    """By filter what is wrong with it; what isn't a field of the form stands at the search."""
    names = [fault.pointer.removeprefix("?") for fault in refusal.faults]
    years = {name: "year" for name in names if name.startswith("year_")}
    return years or {"search": "refused"}


def _show(wanted: FilmSearch, **results: object) -> str:
    nothing: dict[str, object] = {"found": None, "refused": {}, "outage": None}
    return render_template(
        "films/page.html", wanted=wanted, inputs=INPUTS, categories=CATEGORIES[::-1], **{**nothing, **results}
    )
