"""A token in every form that is posted: no page of another site's has one that fits the browser's cookie."""

import hmac
import secrets
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import Forbidden

from cinecote_web.cookies import is_https, put_cookie

FIELD = "token"
_LARGEST_FORM = 16 * 1024
_READS_ITS_FORM = "reads_its_own_form"
_SAFE = ("GET", "HEAD", "OPTIONS")

View = TypeVar("View", bound=Callable[..., object])


class StaleForm(Forbidden):
    """A form came without the token that its page gave this browser."""


class FormTokens:
    """A browser is known by a random cookie, and its token is that cookie signed, so that every replica can tell."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"forms", "sha256")

    def give(self) -> str:
        """The token for a form of this answer, which then brings the cookie too."""
        g.form_browser = g.get("form_browser") or request.cookies.get(_cookie()) or secrets.token_urlsafe(24)
        return self._token(g.form_browser)

    def check(self, token: str) -> None:
        """StaleForm where `token` isn't the one that was given to the browser that sends it."""
        browser = request.cookies.get(_cookie())
        if not browser or not hmac.compare_digest(self._token(browser).encode(), token.encode()):
            raise StaleForm

    def _token(self, browser: str) -> str:
        return hmac.new(self._key, browser.encode("utf-8", "surrogateescape"), "sha256").hexdigest()


def guard_forms(app: Flask, tokens: FormTokens) -> None:
    """Refuse whatever is posted without its token, and offer templates `form_token()`."""

    @app.before_request
    def check() -> None:
        if request.method in _SAFE or request.endpoint is None:
            return
        if not hasattr(current_app.view_functions[request.endpoint], _READS_ITS_FORM):
            request.max_content_length = _LARGEST_FORM
            tokens.check(request.form.get(FIELD, ""))

    @app.after_request
    def bring_cookie(response: Response) -> Response:
        if "form_browser" in g:
            # No cache may show one browser's token to another.
            response.headers["Cache-Control"] = "no-store"
            if g.form_browser != request.cookies.get(_cookie()):
                put_cookie(response, _cookie(), g.form_browser, samesite="Lax")
        return response

    @app.context_processor
    def offer() -> dict[str, object]:
        return {"form_token": tokens.give}


def reads_its_own_form(view: View) -> View:
    """For a view whose form is too large to be read before it: it has FormTokens check the token itself."""
    setattr(view, _READS_ITS_FORM, True)
    return view


def _cookie() -> str:
    # Under this prefix no other host, and nothing sent in the clear, can set it.
    return "__Host-cinecote-form" if is_https() else "cinecote-form"
