"""The id by which a request is found in logs."""

import os
from itertools import count

LONGEST = 128

_VISIBLE = bytes(range(0x21, 0x7F))
# Told apart from other processes' by what is drawn once, from each other by their number.
_process = os.urandom(10).hex()
_numbers = count()


def read_request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's id for the request, or one of ours where there is none that can be repeated safely."""
    said = [value for name, value in headers if name == b"x-request-id"]
    return usable_request_id(said[0] if len(said) == 1 else None)


def usable_request_id(said: bytes | None) -> str:
    """`said` as the request's id, or one of ours where that is none."""
    if said and len(said) <= LONGEST and not said.translate(None, _VISIBLE):
        return said.decode("ascii")
    return f"{_process}{next(_numbers):012x}"
