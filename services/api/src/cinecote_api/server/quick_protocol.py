"""HTTP, with a shorter way for the request that most come for."""

from typing import Any

from starlette.responses import Response

from cinecote_api.server.protocol import ProblemProtocol
from cinecote_api.server.quick_answers import QuickAnswers
from cinecote_api.server.written_response import written


class QuickProtocol(ProblemProtocol):
    """The server's protocol, which hands single predictions to the application's `quick` instead of to the application.

    No task, no scope and no messages: parsed, answered, written. What isn't plain (a header twice, a body without a
    length, a client that waits for `100 Continue`, a request before another is answered) goes the long way.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._quick: QuickAnswers | None = getattr(self.app, "quick", None)
        self._body: bytes | None = None
        self._names: dict[bytes, bytes] = {}

    def is_idle(self) -> bool:
        return self._body is None and super().is_idle()

    def is_waiting(self) -> bool:
        return self._body is not None or super().is_waiting()

    def takes_over(self) -> bool:
        if self._quick is None or self.url != self._quick.path or not self.is_idle() or self.transport.is_closing():
            return False
        if self.parser.get_method() != b"POST" or self.expect_100_continue or self.is_leaving:
            return False
        # Who takes no answers gets them from the application, which waits, and is read no further.
        if self.flow.write_paused:
            return False
        self._names = dict(self.headers)
        if len(self._names) < len(self.headers) or not self._quick.takes(self._names):
            return False
        self._body = b""
        return True

    def on_body(self, body: bytes) -> None:
        if self._body is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        if self._body is None or self._quick is None:
            super().on_message_complete()
            return
        body, self._body = self._body, None
        self.stop_timer()
        self.note_end()
        response, request_id = self._quick.answer(self._names, self.client, body)
        keeps = self.parser.should_keep_alive() and not self.is_leaving
        self.transport.write(self._written(response, request_id, keeps))
        if response.background is not None:
            self.loop.create_task(response.background())
        self.server_state.total_requests += 1
        if keeps:
            self.note_idleness()
        else:
            self.transport.close()

    def shutdown(self) -> None:
        # The rest of a film is waited for as long as ever; uvicorn knows of no request and would hang up.
        if self._body is None:
            super().shutdown()
        else:
            self.is_leaving = True

    def _written(self, response: Response, request_id: str, keeps: bool) -> bytes:
        ending = () if keeps else ((b"connection", b"close"),)
        return written(
            response, *self.server_state.default_headers, (b"x-request-id", request_id.encode("ascii")), *ending
        )
