"""An admin's key, typed once: the browser keeps it encrypted for a quarter of an hour, and the page keeps nothing."""

import hmac
import re
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from flask import Response, request

from cinecote_web.cookies import put_cookie

MINUTES = 15
_SECONDS = MINUTES * 60
_NAME, _PATH = "cinecote-admin", "/model"
_USABLE = re.compile("[!-~]{1,200}")


class AdminKeys:
    """What every replica with the same `secret` reads, and nobody else does."""

    def __init__(self, secret: bytes) -> None:
        self._fernet = Fernet(urlsafe_b64encode(hmac.digest(secret, b"admin key", "sha256")))

    def keep(self, response: Response, key: str) -> Response:
        """`response`, with the cookie that holds `key`."""
        kept = self._fernet.encrypt(key.encode()).decode()
        put_cookie(response, _NAME, kept, path=_PATH, seconds=_SECONDS)
        return response

    def kept(self) -> str | None:
        """The key of the browser that asks; None where there is none, or its time is over."""
        try:
            return self._fernet.decrypt(request.cookies.get(_NAME, ""), ttl=_SECONDS).decode()
        except (InvalidToken, ValueError):
            return None

    def forget(self, response: Response) -> Response:
        """`response`, which ends the cookie."""
        put_cookie(response, _NAME, "", path=_PATH, seconds=0)
        return response


def could_be_a_key(typed: str) -> bool:
    """Whether `typed` can be sent as a key at all."""
    return _USABLE.fullmatch(typed) is not None
