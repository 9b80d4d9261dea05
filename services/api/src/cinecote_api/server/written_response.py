"""A response as the bytes that go over the connection, where the server answers without the application."""

from http import HTTPStatus

from starlette.responses import Response

_STATUS_LINES = {int(status): b"HTTP/1.1 %d %s\r\n" % (status, status.phrase.encode("ascii")) for status in HTTPStatus}


def written(response: Response, *headers: tuple[bytes, bytes]) -> bytes:
    """`response` with these headers besides its own, and with the one that every answer of ours has."""
    lines = [*response.raw_headers, *headers, (b"x-content-type-options", b"nosniff")]
    head = b"".join([b"%b: %b\r\n" % line for line in lines])
    return b"%b%b\r\n%b" % (_STATUS_LINES[response.status_code], head, bytes(response.body))
