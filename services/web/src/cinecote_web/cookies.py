"""Cookies: no script reads them, no other site's page sends them, and none leaves an https page in the clear."""

from typing import Literal

from flask import Response, request


def is_https() -> bool:
    """Whether the visitor's browser came by https, itself or to the proxy before us.

    Whoever claims it wrongly only gets stricter cookies.
    """
    return request.is_secure or request.headers.get("X-Forwarded-Proto", "") == "https"


def put_cookie(
    response: Response,
    name: str,
    value: str,
    *,
    path: str = "/",
    seconds: int | None = None,
    samesite: Literal["Strict", "Lax"] = "Strict",
) -> None:
    """Have the browser keep `value` for so many seconds, or until it is closed."""
    response.set_cookie(name, value, max_age=seconds, path=path, secure=is_https(), httponly=True, samesite=samesite)
