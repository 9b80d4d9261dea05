"""`/`: the form, and the estimate for the film that it describes."""

import re
from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cinecote.features import ACCEPTED
from cinecote.films import CATEGORIES
from cinecote_web.api_answers import FilmRecord, Prediction, Thresholds
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiRefused, ApiUnavailable
from cinecote_web.curve import Curve, drawn_along, field_along, values_along
from cinecote_web.error_pages import FilmNotFound
from cinecote_web.film_form import Field, FilmForm, read_form
from cinecote_web.language import NOTATIONS, current_language
from cinecote_web.moments import MODEL_AT, read_when
from cinecote_web.reasons import Reasons, reasons
from cinecote_web.spans import SPANS

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the api says of the film in the form."""

    prediction: Prediction
    thresholds: Thresholds
    reasons: Reasons | None = None
    curve: Curve | None = None


def estimate_pages(api: ApiClient) -> Blueprint:
    """The page `/`, and of it, for sliders that move: `/answer`, the answer alone, and `/explored`, all that follows.

    The address holds the form, in `when` the moment that it is about, in `film` the id of the film that filled it, in
    `along` the input of a curve, and in `written` the language that its numbers are typed in where it isn't the page's.
    Only `/` without `along` asks about a film so that the api counts it.
    """
    pages = Blueprint("estimate", __name__)

    @pages.get("/")
    def page() -> ResponseReturnValue:
        form = _form()
        try:
            return _answer(api, form)
        except ApiRefused as refusal:
            return _show(form.refused(refusal.faults)), 422
        except ApiUnavailable as outage:
            return _show(form, outage=outage.reason), 503, {"Retry-After": str(outage.retry_after)}

    @pages.get("/answer")
    def answer() -> ResponseReturnValue:
        return _part(api, "estimate/answer.html", beside=False)

    @pages.get("/explored")
    def explored() -> ResponseReturnValue:
        return _part(api, "estimate/beside.html", beside=True)

    return pages


def _form() -> FilmForm:
    written = NOTATIONS.get(request.args.get("written", ""), current_language().notation)
    return read_form(request.args, written, read_when(request.args))


def _part(api: ApiClient, template: str, *, beside: bool) -> ResponseReturnValue:
    form = _form()
    if form.at_fault or not form.submitted:
        return "", 422
    try:
        film, along = (_film(api), _along(form)) if beside else (None, None)
        return _show(form, film, _explored(api, form, film, along), template=template)
    except (ApiRefused, ApiUnavailable):
        return "", 503


def _answer(api: ApiClient, form: FilmForm) -> ResponseReturnValue:
    film = _film(api)
    if film is not None and not form.submitted and film.figures(form.inputs):
        return redirect(url_for(".page", **form.filled_by(film)))
    if not form.submitted:
        known = ",".join(wanted.name for wanted in MODEL_AT[form.when].required)
        return _show(form, film, examples=api.films(_EXAMPLES, known=known).films)
    if form.at_fault:
        return _show(form, film), 422
    return _show(form, film, _estimate(api, form, film))


def _estimate(api: ApiClient, form: FilmForm, film: FilmRecord | None) -> Estimate:
    along = _along(form)
    if along is not None:
        with suppress(ApiUnavailable, ApiRefused):
            return _explored(api, form, film, along)
    prediction = api.predict(form.values, form.when)
    thresholds = api.card_of(prediction.model, form.when).thresholds
    return Estimate(prediction, thresholds, _reasons(api, form, film, prediction))


def _explored(api: ApiClient, form: FilmForm, film: FilmRecord | None, along: Field | None) -> Estimate:
    """The estimate as its explanation has it: a film that is only tried must not count as one that was asked about."""
    wanted = (along.input.name, values_along(along)) if along else None
    explanation = api.explanation(form.values, form.when, wanted)
    card = api.card_of(explanation.model, form.when)
    curve = drawn_along(along, explanation.along) if along else None
    why = reasons(explanation, film.id if film else None)
    return Estimate(explanation.prediction(card.margin), card.thresholds, why, curve)


def _reasons(api: ApiClient, form: FilmForm, film: FilmRecord | None, prediction: Prediction) -> Reasons | None:
    """Why; None where the api doesn't say, or says it of another version than the one that answered."""
    try:
        explanation = api.explanation(form.values, form.when)
    except (ApiUnavailable, ApiRefused):
        return None
    if (explanation.model, explanation.category) != (prediction.model, prediction.category):
        return None
    return reasons(explanation, film.id if film else None)


def _along(form: FilmForm) -> Field | None:
    return field_along(form, request.args.get("along", ""))


def _film(api: ApiClient) -> FilmRecord | None:
    if "film" not in request.args:
        return None
    film_id = request.args["film"]
    film = api.film(int(film_id)) if re.fullmatch("[0-9]{1,18}", film_id) else None
    if film is None:
        raise FilmNotFound
    return film


def _kept_film() -> dict[str, str]:
    return {"film": request.args["film"]} if "film" in request.args else {}


def _show(
    form: FilmForm,
    film: FilmRecord | None = None,
    estimate: Estimate | None = None,
    examples: tuple[FilmRecord, ...] = (),
    outage: str | None = None,
    template: str = "estimate/page.html",
) -> str:
    return render_template(
        template,
        form=form,
        film=film,
        estimate=estimate,
        examples=examples,
        outage=outage,
        spans=SPANS,
        moments={when: {**_kept_film(), **form.at(when)} for when in MODEL_AT},
        asked={when: [wanted.name for wanted in model.inputs] for when, model in MODEL_AT.items()},
        categories=CATEGORIES[::-1],
        accepted=ACCEPTED,
    )
