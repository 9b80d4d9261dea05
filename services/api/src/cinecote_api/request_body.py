"""The request's body, read to its end but never past its limit."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from cinecote_api.held_bodies import HeldBody
from cinecote_api.problems.problems import TOO_LARGE, TOO_SLOW, UNSUPPORTED_MEDIA_TYPE, Problem

JSON = b"application/json"
CSV = b"text/csv"

_UTF8 = (b"", b"charset=utf-8", b'charset="utf-8"')
_HARMLESS = {JSON: _UTF8, CSV: (*_UTF8, b"header=present")}
_SECONDS_TO_ARRIVE = 30.0
_DISCARDED_BYTES = 64 * 1024 * 1024


async def read_json_body(request: Request, limit: int) -> bytes:
    """The body of a request that says it is JSON, at most `limit` bytes; Problem 415, 413, 408 or 503 otherwise."""
    async with held_json_body(request, limit) as body:
        return body


@asynccontextmanager
async def held_json_body(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The same for a body that may be large and waits for its answer: it counts among what is held until then."""
    _, length = announced(request.scope["headers"], (JSON,))
    if length is not None and length > limit:
        raise too_large(limit, length)
    with HeldBody() as held:
        yield await _arrived(request, limit, held)


async def _arrived(request: Request, limit: int, held: HeldBody) -> bytes:
    parts: list[bytes] = []
    try:
        async with asyncio.timeout(_SECONDS_TO_ARRIVE):
            async for chunk in chunks(request, limit):
                held.take(len(chunk))
                parts.append(chunk)
    except TimeoutError:
        raise Problem(TOO_SLOW, "send the whole body at once", headers={"Connection": "close"}) from None
    return b"".join(parts)


async def chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it comes; Problem 413 past `limit` bytes, ClientDisconnect where it ends before its end."""
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        yield chunk
        if not message.get("more_body", False):
            return


def announced(headers: list[tuple[bytes, bytes]], accepted: Sequence[bytes]) -> tuple[bytes, int | None]:
    """Which of the `accepted` media types the headers announce, and the length if they tell it; Problem 415."""
    kinds: list[bytes] = []
    length = None
    for name, value in headers:
        if name == b"content-encoding":
            raise Problem(UNSUPPORTED_MEDIA_TYPE, "send the body without Content-Encoding")
        if name == b"content-type":
            kinds.append(value)
        elif name == b"content-length" and value.isdigit():
            length = int(value[:20])
    kind = _plain(kinds[0]) if len(kinds) == 1 else None
    if kind is None or kind not in accepted:
        raise Problem(UNSUPPORTED_MEDIA_TYPE, f"send the body as {b' or '.join(accepted).decode()}")
    return kind, length


def too_large(limit: int, length: int | None = None) -> Problem:
    """413 for a body over `limit` bytes, of which the sender had said that it has `length`."""
    # A client that is still sending reads our answer only if we go on taking what it sends; past a bound we hang up.
    discard = length is not None and length <= _DISCARDED_BYTES
    headers = None if discard else {"Connection": "close"}
    return Problem(TOO_LARGE, f"the body may have {limit} bytes at most", headers=headers)


def _plain(kind: bytes) -> bytes | None:
    """The media type without parameters that change nothing; None where one would."""
    if kind in (JSON, CSV):
        return kind
    name, *parameters = (part.strip().lower() for part in kind.split(b";"))
    return name if all(parameter in _HARMLESS.get(name, ()) for parameter in parameters) else None
