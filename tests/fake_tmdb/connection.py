"""A connection: requests are parsed and answered, or cut off, one after the other."""

import asyncio
import json
import math
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httptools

from .control import Control
from .moods import REFUSALS
from .refusals import LIMIT, Refusal
from .state import State

_REASONS = {200: "OK", 429: "Too Many Requests"}
Answer = tuple[int, bytes, str]


class Connection(asyncio.Protocol):
    """HTTP/1.1, kept alive."""

    def __init__(self, state: State, control: Control) -> None:
        self._state = state
        self._control = control
        self._parser: Any = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._url = self._body = b""
        self._authorization = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        self._url = self._body = b""
        self._authorization = ""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"authorization":
            self._authorization = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        url = urlsplit(self._url.decode("latin-1"))
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        if url.path.startswith("/control/"):
            self._send((200, json.dumps(self._control.answer(url.path, self._body)).encode(), ""))
        elif url.path.startswith("/p/exports/"):
            self._export(url.path)
        else:
            mood = self._state.mood
            wait = mood.delay / 2 + mood.chance.random() * mood.jitter
            later = asyncio.get_running_loop().call_later
            later(wait, self._arrived, url.path, query, self._authorization, time.monotonic() + wait)

    def _export(self, path: str) -> None:
        """No key is needed, and one that comes all the same is somebody's secret told [daily exports]."""
        self._state.judge.paths["export"] += 1
        self._state.judge.paths["export with a key"] += bool(self._authorization)
        content = self._state.routes.export(path)
        self._send((404, b"<Error/>", "") if content is None else (200, content, ""))

    def _arrived(self, path: str, query: dict[str, str], authorization: str, due: float) -> None:
        mood, judge = self._state.mood, self._state.judge
        within = judge.arrived(time.monotonic() - due)
        judge.paths[path.removeprefix("/3/").split("/")[0] if "changes" not in path else "changes"] += 1
        number = path.removeprefix("/3/movie/")
        if number.isdigit():
            judge.asked[int(number)] += 1
        later = asyncio.get_running_loop().call_later
        fault = mood.fault()
        if number.isdigit() and int(number) in mood.broken:
            fault = "html"
        if judge.seconds_of_silence() > 0:
            later(mood.delay / 2, self._send, _over_the_limit(math.ceil(judge.seconds_of_silence())))
        elif not within:
            later(mood.delay / 2, self._send, _over_the_limit(None))
        elif fault is None:
            later(mood.delay / 2, self._finish, path, query, authorization)
        else:
            judge.faults[fault] += 1
            self._break(fault, path, query, authorization)

    def _finish(self, path: str, query: dict[str, str], authorization: str) -> None:
        answer = self._answered(path, query, authorization)
        number = path.removeprefix("/3/movie/")
        if number.isdigit() and answer[0] in (200, 404):
            self._state.judge.answered[int(number)] += 1
        self._send(answer)

    def _answered(self, path: str, query: dict[str, str], authorization: str) -> Answer:
        try:
            if self._state.mood.refusal is not None:
                raise Refusal(self._state.mood.refusal)
            if authorization != f"Bearer {self._state.token}":
                raise Refusal(7)
            return 200, json.dumps(self._state.routes.answer(path, query)).encode(), ""
        except Refusal as refusal:
            return refusal.status, refusal.body, ""

    def _break(self, fault: str, path: str, query: dict[str, str], authorization: str) -> None:
        mood = self._state.mood
        later = asyncio.get_running_loop().call_later
        if fault == "slow":
            later(mood.slow, self._finish, path, query, authorization)
        elif fault == "cut":
            later(mood.delay / 2, self._transport.abort)
        elif fault == "penalty":
            self._state.judge.silence(mood.retry_after)
            self._send(_over_the_limit(mood.retry_after))
        else:
            later(mood.delay / 2, self._spoil, fault, self._answered(path, query, authorization))

    def _spoil(self, fault: str, answer: Answer) -> None:
        status, body, _ = answer
        if fault in REFUSALS:
            refusal = Refusal(REFUSALS[fault])
            self._send((refusal.status, refusal.body, ""))
        elif fault == "429":
            self._send(_over_the_limit(None))
        elif fault == "cut short":
            self._send(answer, cut=len(body) // 2)
        elif fault == "half":
            self._send((status, body[: len(body) // 2], ""))
        elif fault == "html":
            self._send((200, b"<!DOCTYPE html><title>Just a moment</title>", ""))
        else:
            self._send((200, json.dumps(self._state.mood.absurd()).encode(), ""))

    def _send(self, answer: Answer, cut: int | None = None) -> None:
        status, body, headers = answer
        if self._transport.is_closing():
            return
        head = (
            f"HTTP/1.1 {status} {_REASONS.get(status, 'Answer')}\r\ncontent-type: application/json;charset=utf-8\r\n"
            f"content-length: {len(body)}\r\n{headers}\r\n"
        )
        self._transport.write(head.encode() + body[:cut])
        if cut is not None:
            self._transport.close()


def _over_the_limit(seconds: int | None) -> Answer:
    """[429]: `Retry-After` may be there or not."""
    refusal = Refusal(LIMIT)
    return refusal.status, refusal.body, "" if seconds is None else f"retry-after: {seconds}\r\n"
