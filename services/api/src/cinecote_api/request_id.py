"""The id by which a request is found in logs."""

import os

LONGEST = 128

_VISIBLE = bytes(range(0x21, 0x7F))


def read_request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's id for the request, or one of ours where there is none that can be repeated safely."""
    said = [value for name, value in headers if name == b"x-request-id"]
    if len(said) == 1 and 0 < len(said[0]) <= LONGEST and not said[0].translate(None, _VISIBLE):
        return said[0].decode("ascii")
    return os.urandom(16).hex()
