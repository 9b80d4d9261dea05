"""Requests over kept connections: as many as can be answered, or so many a second."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

CONNECTIONS = 4


class Unanswered(Exception):
    """A request that wasn't answered with 200."""


class Connection:
    """One kept connection; only as much HTTP as these servers speak."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: bytes) -> bytes:
        """The answer's body; Unanswered where its status is not 200."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = await self._reader.readexactly(_length(head))
        if head[9:12] != b"200":
            raise Unanswered(f"{head[:40]!r} {body[:300]!r}")
        return body


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()


def post(path: str, body: bytes, headers: Sequence[str] = ()) -> bytes:
    """The bytes of a request."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


async def saturate(port: int, requests: Sequence[bytes], count: int, seconds: float) -> int:
    """Ask without a pause, `count` times or for so many seconds; how many were answered."""
    deadline = time.perf_counter() + seconds
    left = iter(itertools.islice(itertools.cycle(requests), count))
    return sum(await asyncio.gather(*(_ask_all(port, left, deadline) for _ in range(CONNECTIONS))))


async def _ask_all(port: int, left: Iterator[bytes], deadline: float) -> int:
    answered = 0
    async with connected(port) as connection:
        for request in left:
            await connection.ask(request)
            answered += 1
            if time.perf_counter() > deadline:
                break
    return answered


async def arrive(port: int, requests: Sequence[bytes], rate: float, seconds: float) -> list[float]:
    """Seconds from each request's moment to its answer, the moments being `1 / rate` apart whatever the server does."""
    began = time.perf_counter() + 0.05
    moments = iter([(began + number / rate, requests[number % len(requests)]) for number in range(int(rate * seconds))])
    waits = await asyncio.gather(*(_ask_in_time(port, moments) for _ in range(CONNECTIONS)))
    return [wait for of_one in waits for wait in of_one]


async def _ask_in_time(port: int, moments: Iterator[tuple[float, bytes]]) -> list[float]:
    waits: list[float] = []
    async with connected(port) as connection:
        for moment, request in moments:
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            await connection.ask(request)
            waits.append(time.perf_counter() - moment)
    return waits


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])
