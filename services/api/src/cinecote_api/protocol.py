"""HTTP as the server reads it, and what it says to bytes that are none."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cinecote_api.problems import NOT_HTTP, Problem

_STATUS_LINE = b"HTTP/1.1 400 Bad Request"


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's, but its own refusal is a problem like all others."""

    def send_400_response(self, msg: str) -> None:
        answer = Problem(NOT_HTTP, msg, headers={"Connection": "close"}).response()
        head = [_STATUS_LINE, *(b": ".join(header) for header in answer.raw_headers)]
        self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self.transport.close()
