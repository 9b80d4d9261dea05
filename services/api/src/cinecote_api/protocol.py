"""HTTP as the server reads it: what it says to bytes that are none, and how it takes leave of a connection."""

from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cinecote_api.problems import NOT_HTTP, Problem

_STATUS_LINE = b"HTTP/1.1 400 Bad Request"


_SECONDS_TO_LINGER = 1.0


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's, but its own refusal is a problem like all others, and no request is cut off by its end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._leaving = False

    def send_400_response(self, msg: str) -> None:
        answer = Problem(NOT_HTTP, msg, headers={"Connection": "close"}).response()
        head = [_STATUS_LINE, *(b": ".join(header) for header in answer.raw_headers)]
        self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self.transport.close()

    def shutdown(self) -> None:
        """Finish what is under way; where nothing is, answer one request more, for it may be on its way already."""
        self._leaving = True
        if self._is_idle():
            self.loop.call_later(_SECONDS_TO_LINGER, self._close_if_idle)
        else:
            super().shutdown()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        # The answer then says that the connection closes, and the client's next request goes elsewhere.
        if self._leaving:
            self.cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        if self._is_idle():
            self.transport.close()

    def _is_idle(self) -> bool:
        # uvicorn's annotation leaves out that there is none before the first request.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete
