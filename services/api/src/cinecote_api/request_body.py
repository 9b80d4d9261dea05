"""The request's body, read to its end but never past its limit."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from cinecote_api.problems import TOO_LARGE, TOO_SLOW, UNSUPPORTED_MEDIA_TYPE, Problem

_SECONDS_TO_ARRIVE = 30.0
_DISCARDED_BYTES = 64 * 1024 * 1024


async def read_json_body(request: Request, limit: int) -> bytes:
    """The body of a request that says it is JSON, at most `limit` bytes; Problem 415, 413 or 408 otherwise."""
    length = _announced(request.scope["headers"])
    if length is not None and length > limit:
        raise _too_large(limit, discard=length <= _DISCARDED_BYTES)
    try:
        async with asyncio.timeout(_SECONDS_TO_ARRIVE):
            return await _read(request, limit)
    except TimeoutError:
        raise Problem(TOO_SLOW, "send the whole body at once", headers={"Connection": "close"}) from None


async def _read(request: Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit, discard=False)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _announced(headers: list[tuple[bytes, bytes]]) -> int | None:
    """The length that the headers announce; Problem 415 where they announce anything but plain JSON."""
    kinds: list[bytes] = []
    length = None
    for name, value in headers:
        if name == b"content-encoding":
            raise Problem(UNSUPPORTED_MEDIA_TYPE, "send the body without Content-Encoding")
        if name == b"content-type":
            kinds.append(value)
        elif name == b"content-length" and value.isdigit():
            length = int(value[:20])
    if len(kinds) != 1 or not _is_json(kinds[0]):
        raise Problem(UNSUPPORTED_MEDIA_TYPE, "send the body as application/json")
    return length


def _is_json(kind: bytes) -> bool:
    if kind == b"application/json":
        return True
    name, *parameters = (part.strip().lower() for part in kind.split(b";"))
    return name == b"application/json" and all(
        parameter in (b"", b"charset=utf-8", b'charset="utf-8"') for parameter in parameters
    )


def _too_large(limit: int, *, discard: bool) -> Problem:
    # A client that is still sending reads our answer only if we go on taking what it sends; past a bound we hang up.
    headers = None if discard else {"Connection": "close"}
    return Problem(TOO_LARGE, f"the body may have {limit} bytes at most", headers=headers)
