"""An answer of the api that is passed on while it comes."""

from collections.abc import Iterator

import httpx2

from cinecote_web.api_faults import telling

_BYTES_TOGETHER = 64 * 1024


class ApiStream:
    """The answer's bytes; close it when no more are wanted. ApiUnavailable where the api falls silent on the way."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with telling(self._response.url.path):
            yield from self._response.iter_bytes(_BYTES_TOGETHER)

    def close(self) -> None:
        self._response.close()
