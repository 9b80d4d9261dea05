"""A sentence in the visitor's language for everything that isn't a page."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound

from cinecote_web.form_tokens import StaleForm


class FilmNotFound(NotFound):
    """No film of the database has the id that was asked for."""


def show_errors(app: Flask) -> None:
    """Answer HTTP errors, and faults of our own, with a page that says what happened and never how."""

    @app.errorhandler(HTTPException)
    def show(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
        return render_template("errors/page.html", error=_message(error, status), status=status), status, headers


def _message(error: HTTPException, status: int) -> str:
    if isinstance(error, FilmNotFound):
        return "no_film"
    if isinstance(error, StaleForm):
        return "form"
    if status == 404:
        return "no_page"
    return "ours" if status >= 500 else "request"
