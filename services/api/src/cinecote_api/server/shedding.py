"""Requests that come while more work waits than can be done soon are refused at next to no cost."""

import re
from functools import cache
from math import ceil
from typing import Any

from cinecote_api.access.gate import needed_scope
from cinecote_api.problems.problems import BUSY, unavailable
from cinecote_api.problems.refusals import refusal
from cinecote_api.request_id import read_request_id, usable_request_id
from cinecote_api.server.load import load_of
from cinecote_api.server.watching import WatchedProtocol
from cinecote_api.server.written_response import written

MOST_UNDER_WAY = 500
"""Requests: a twentieth of a second's single predictions, on one core."""

# To no address that is open to everybody.
_WORK = b"POST /v1/"
# A whole request from who keeps the connection.
_PLAIN = re.compile(rb"POST /v1/[!-~]* HTTP/1\.1\r\n((?:[!-9;-~]+:[^\r\n]*\r\n)+)\r\n")
_NOT_PLAIN = (b"connection:", b"transfer-encoding:", b"expect:", b"upgrade:")
_LENGTH = re.compile(rb"^content-length: *(\d{1,9})\r\n", re.MULTILINE)
_REQUEST_ID = re.compile(rb"^x-request-id: *([^\r\n]*)\r\n", re.IGNORECASE | re.MULTILINE)


class SheddingProtocol(WatchedProtocol):
    """uvicorn's, but a request that finds too many waiting or under way is answered 503, without the application.

    Its connection isn't read for the time that the answer asks to wait: who goes on asking would otherwise take the
    time of those who are answered. What is open to everybody, like probes, is never refused.
    """

    shed = 0
    """Requests refused by this process, over all connections."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_shedding = False
        self._is_between = True
        self._reads_on_once_taken = False
        self._waiting = b""
        self._load = load_of(self.loop)

    def data_received(self, data: bytes) -> None:
        if self._waiting:
            self._waiting += data
        elif self._load.is_busy() and self._is_between and data.startswith(_WORK) and self.is_idle():
            self._wait_or_refuse(data)
        else:
            self.receive(data)

    def _wait_or_refuse(self, data: bytes) -> None:
        """Put a request aside until it is its turn, unparsed: that would cost as much as much of its answer."""
        if not self._load.is_full():
            self._unset_keepalive_if_required()
            self._waiting = data
            self._load.put(self._take_turn)
        elif (request_id := _plain(data)) is None or self.transport.is_closing():
            self.receive(data)
        else:
            self._unset_keepalive_if_required()
            self._refuse_work("/v1", request_id, keeps=True)

    def _take_turn(self) -> None:
        data, self._waiting = self._waiting, b""
        if not self.transport.is_closing():
            self.receive(data)

    def receive(self, data: bytes) -> None:
        """Read `data` now."""
        super().data_received(data)

    def is_needed(self) -> bool:
        return bool(self._waiting) or super().is_needed()

    def takes_over(self) -> bool:
        """Whether the request whose head was read is this protocol's own to answer, and not the application's."""
        return False

    def on_message_begin(self) -> None:
        self._is_between = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_shedding = self._load.is_full() and self._may_be_shed()
        if not self._is_shedding and self.takes_over():
            # From here to its end the connection isn't idle.
            self._is_between = True
            return
        # Those that are answered in one step don't wait for others' bodies, however many are slow.
        self._is_shedding = self._is_shedding or (len(self.tasks) >= MOST_UNDER_WAY and self._may_be_shed())
        if self._is_shedding:
            # So long its body may take.
            self.note_idleness()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_shedding:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_between = True
        if not self._is_shedding:
            super().on_message_complete()
            return
        self._is_shedding = False
        keeps = self.parser.should_keep_alive() and not self.is_leaving
        self._refuse_work(self._path(), read_request_id(self.headers), keeps=keeps)

    def _refuse_work(self, path: str, request_id: str, *, keeps: bool) -> None:
        SheddingProtocol.shed += 1
        wait = self._load.send_away()
        self.transport.write(_refusal(path, request_id, ceil(wait)))
        self.note_idleness()
        if keeps:
            self.flow.pause_reading()
        else:
            self.transport.close()
        self.loop.call_later(wait, self._read_on)

    def _read_on(self) -> None:
        self._load.come_back()
        if self.transport.is_closing():
            return
        self.note_idleness()
        if self.flow.write_paused:
            # Who takes no refusals would be refused again and again, in our memory.
            self._reads_on_once_taken = True
        else:
            self.flow.resume_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reads_on_once_taken and not self.transport.is_closing():
            self._reads_on_once_taken = False
            self.flow.resume_reading()

    def _may_be_shed(self) -> bool:
        return self.is_idle() and needed_scope(self.parser.get_method().decode("ascii"), self._path()) is not None

    def _path(self) -> str:
        path: bytes = self.url.partition(b"?")[0]
        return path.decode("latin-1")


def _plain(data: bytes) -> str | None:
    """The id of the one plain request that `data` is; None where it is anything else."""
    head = _PLAIN.match(data)
    if head is None:
        return None
    headers = head[1].lower()
    lengths = _LENGTH.findall(headers)
    if len(lengths) != 1 or head.end() + int(lengths[0]) != len(data) or any(name in headers for name in _NOT_PLAIN):
        return None
    said = _REQUEST_ID.findall(head[1])
    return usable_request_id(said[0].strip() if len(said) == 1 else None)


def _refusal(path: str, request_id: str, wait: int) -> bytes:
    before, after = _written(path.startswith("/v2"), wait)
    return b"%b%b%b" % (before, request_id.encode("ascii"), after)


@cache
def _written(is_protocols: bool, wait: int) -> tuple[bytes, bytes]:
    """What stands before and after the request's id; made once, as refusing has to be cheap."""
    busy = unavailable(BUSY, "more requests are under way than can be answered soon", wait)
    answer = written(refusal("/v2" if is_protocols else "/v1", busy), (b"x-request-id", b"\0"))
    before, _, after = answer.partition(b"\0")
    return before, after
