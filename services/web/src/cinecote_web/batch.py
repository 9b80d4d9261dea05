"""`/batch`: many films at once, before or after their release, from a CSV file to a CSV file. Nothing is kept here."""

from threading import BoundedSemaphore

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cinecote.features import InputFault
from cinecote.film_table import LARGEST_TABLE, MOST_ROWS
from cinecote.films import CATEGORIES
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiRefused, ApiUnavailable
from cinecote_web.api_stream import ApiStream
from cinecote_web.form_tokens import FIELD, FormTokens, StaleForm, reads_its_own_form
from cinecote_web.language import current_language
from cinecote_web.moments import ADDRESSES, MODEL_AT, read_when
from cinecote_web.row_faults import told, told_of_table
from cinecote_web.scored_table import ORDERS, SHOWN_FAULTS, ScoredTable, read_scored
from cinecote_web.table_template import table_to_start_from
from cinecote_web.upload import UnusableUpload, Upload

_MOST_UPLOADS = 3
"""So many at once: the other threads are left to everybody else."""


def batch_pages(api: ApiClient, tokens: FormTokens) -> Blueprint:
    """`/batch` shows the form and reads the result; `/batch/scored.csv` passes it on; `/batch/template.csv`."""
    pages = Blueprint("batch", __name__)
    room = BoundedSemaphore(_MOST_UPLOADS)

    @pages.route("/batch", methods=["GET", "POST"])
    @reads_its_own_form
    def page() -> ResponseReturnValue:
        if request.method != "POST":
            return _show()
        with _Place(room):
            upload = _upload(tokens)
            order = upload.fields.get("order", "file")
            order = order if order in ORDERS else "file"
            stream = api.score_table(upload, read_when(request.args))
            try:
                return _show(order, table=read_scored(stream, order))
            except ValueError:
                raise ApiUnavailable("broken") from None
            finally:
                stream.close()

    @pages.route("/batch/scored.csv", methods=["GET", "POST"])
    @reads_its_own_form
    def scored() -> ResponseReturnValue:
        if request.method != "POST":
            return redirect(url_for(".page", **ADDRESSES[read_when(request.args)]))
        with _Place(room):
            return _download(api.score_table(_upload(tokens), read_when(request.args)))

    @pages.get("/batch/template.csv")
    def template() -> ResponseReturnValue:
        headers = {"Content-Disposition": 'attachment; filename="films.csv"'}
        table = table_to_start_from(current_language(), MODEL_AT[read_when(request.args)].inputs)
        return Response(table.encode("utf-8-sig"), headers=headers, content_type="text/csv; charset=utf-8")

    @pages.errorhandler(UnusableUpload)
    def unusable(fault: UnusableUpload) -> ResponseReturnValue:
        return _show(fault=fault.message), 413 if fault.message == "too_large" else 422

    @pages.errorhandler(StaleForm)
    def stale(_: StaleForm) -> ResponseReturnValue:
        return _show(fault="stale"), 403

    @pages.errorhandler(ApiRefused)
    def refused(refusal: ApiRefused) -> ResponseReturnValue:
        faults = refusal.faults or (InputFault("", refusal.detail),)
        said = " ".join(told_of_table(current_language(), fault) for fault in faults)
        return _show(fault="refused", detail=said), 422

    @pages.errorhandler(ApiUnavailable)
    def away(outage: ApiUnavailable) -> ResponseReturnValue:
        return _show(outage=outage.reason), 503, {"Retry-After": str(outage.retry_after)}

    return pages


class _Place:
    """One of the places for an upload; ApiUnavailable where all are taken."""

    def __init__(self, room: BoundedSemaphore) -> None:
        self._room = room

    def __enter__(self) -> None:
        if not self._room.acquire(blocking=False):
            raise ApiUnavailable("busy")

    def __exit__(self, *_: object) -> None:
        self._room.release()


def _upload(tokens: FormTokens) -> Upload:
    boundary = request.mimetype_params.get("boundary")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise StaleForm
    upload = Upload(request.stream, boundary)
    tokens.check(upload.fields.get(FIELD, ""))
    upload.require_file()
    return upload


def _download(stream: ApiStream) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="films-cinecote.csv"'}
    return Response(stream, headers=headers, content_type="text/csv; charset=utf-8")


def _show(order: str = "file", table: ScoredTable | None = None, **others: str) -> str:
    nothing = {"fault": None, "detail": "", "outage": None}
    limits = {"most_rows": MOST_ROWS, "largest": LARGEST_TABLE // 2**20, "most_faults": SHOWN_FAULTS}
    shown = {"order": order, "orders": list(ORDERS), "table": table, "told": told, "categories": CATEGORIES[::-1]}
    when = read_when(request.args)
    asked = {"when": when, "moments": ADDRESSES, "inputs": MODEL_AT[when].inputs}
    return render_template("batch/page.html", **shown, **limits, **asked, **{**nothing, **others})
