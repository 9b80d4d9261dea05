"""TMDB's API: asked at its pace, again where that helps, and left alone where it says so."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import aiohttp

from cinecote.exits import CommandError
from cinecote_collect.tmdb.answers import Complaint, UnusableAnswer, read
from cinecote_collect.tmdb.limiter import Limiter
from cinecote_collect.tmdb.retry_after import seconds_of
from cinecote_collect.tmdb.session import in_words

TRIES = 6
_LIMITED_TRIES = 12
_LONGEST_BACKOFF = 30
_LONGEST_SILENCE = 15
_TRIES_OF_LIFE = 3
_LONGEST_RETRY_AFTER = 600
_LARGEST_BODY = 4 << 20
_STOP = frozenset({3, 7, 10, 14, 35, 45})
_GONE = frozenset({6, 34})
_LIMITED = 429
_LONGEST_WORDS = 200

Answer = TypeVar("Answer")


class Gone(Exception):
    """TMDB has no such film, or has it no more."""


class GaveUp(Exception):
    """No try brought a usable answer; the message is the last one's fault."""


@dataclass(slots=True)
class Meter:
    """What asking took."""

    requests: int = 0
    retries: int = 0


class TmdbClient:
    """Asks; `address` ends in the API's version, without a slash."""

    def __init__(self, session: aiohttp.ClientSession, address: str, limiter: Limiter, meter: Meter) -> None:
        self._session = session
        self._address = address
        self._limiter = limiter
        self._meter = meter
        self._last_good = time.monotonic()

    async def ask(self, path: str, query: Mapping[str, str], read_answer: Callable[[bytes], Answer]) -> Answer:
        """What `read_answer` makes of the answer, asked for again where that raises UnusableAnswer.

        Gone where TMDB says that there is no such thing, GaveUp after TRIES tries, CommandError where it says that
        asking on is no use.
        """
        tries = limited = 0
        while True:
            try:
                answer = read_answer(await self._once(path, query))
            except _Limited as limit:
                limited += 1
                fault, wait = "it asks for fewer requests", limit.seconds
                if limited > _LIMITED_TRIES:
                    raise CommandError("TMDB refuses request after request as too many: try again later") from None
            except (UnusableAnswer, aiohttp.ClientError, TimeoutError, OSError) as error:
                tries += 1
                fault, wait = in_words(error), None
                if tries >= TRIES:
                    await self._give_up(fault)
            else:
                self._last_good = time.monotonic()
                return answer
            self._meter.retries += 1
            await asyncio.sleep(_backoff(max(tries, limited)) if wait is None else wait)

    async def finish(self) -> None:
        """Send nothing more, and return when what was sent has been answered."""
        await self._limiter.close()

    async def _once(self, path: str, query: Mapping[str, str]) -> bytes:
        sent = await self._limiter.take()
        answered = False
        self._meter.requests += 1
        try:
            # A redirect would take the token to another host.
            async with self._session.get(self._address + path, params=query, allow_redirects=False) as response:
                body = await _body(response)
                answered = True
        finally:
            self._limiter.give_back(sent, answered=answered)
        if response.status == 200:
            return body
        if response.status == _LIMITED:
            raise _Limited(self._obey(response.headers.get("Retry-After")))
        raise _refused(response.status, body)

    def _obey(self, retry_after: str | None) -> float | None:
        seconds = seconds_of(retry_after)
        if seconds is None:
            return None
        if seconds > _LONGEST_RETRY_AFTER:
            raise CommandError(f"TMDB asks for {seconds:,.0f} seconds of silence: run the same command after that")
        # The limit is the key's and the address's, not the film's: nobody asks meanwhile.
        self._limiter.pause(seconds)
        return 0.0

    async def _give_up(self, fault: str) -> None:
        """GaveUp where this one answer is to blame; CommandError where TMDB answers nothing."""
        silent = time.monotonic() - self._last_good
        if silent > _LONGEST_SILENCE and not await self._alive():
            raise CommandError(f"TMDB has given no usable answer for {silent:.0f} seconds; the last fault: {fault}")
        raise GaveUp(fault)

    async def _alive(self) -> bool:
        for _ in range(_TRIES_OF_LIFE):
            with suppress(UnusableAnswer, aiohttp.ClientError, TimeoutError, OSError, _Limited, Gone):
                await self._once("/configuration", {})
                self._last_good = time.monotonic()
                return True
        return False


class _Limited(Exception):
    def __init__(self, seconds: float | None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _refused(status: int, body: bytes) -> Exception:
    """What an answer that isn't 200 means."""
    try:
        complaint = read(Complaint, body)
    except UnusableAnswer:
        complaint = None
    if complaint is not None and complaint.status_code in _GONE:
        return Gone()
    said = " ".join(complaint.status_message.split())[:_LONGEST_WORDS] if complaint else "nothing readable"
    if status == 401 or (complaint is not None and complaint.status_code in _STOP):
        return CommandError(f"TMDB says: {said} (status {status}, code {complaint.status_code if complaint else '?'})")
    if complaint is not None and 400 <= status < 500:
        return CommandError(f"TMDB doesn't take the request: {said} (status {status}, code {complaint.status_code})")
    return UnusableAnswer(f"status {status}, {said}")


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if response.content_length is not None and response.content_length <= _LARGEST_BODY:
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise UnusableAnswer(f"more than {_LARGEST_BODY >> 20} MiB")
    return bytes(body)


def _backoff(tries: int) -> float:
    """1, 2, 4, … up to 30 seconds, the last half of it by chance, so that those who failed together don't come so."""
    return min(_LONGEST_BACKOFF, 2.0 ** (tries - 1)) * random.uniform(0.5, 1)  # noqa: S311
