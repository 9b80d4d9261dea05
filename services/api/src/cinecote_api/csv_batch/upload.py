"""A body too large for memory, kept on disk until it is answered."""

import asyncio
import codecs
import tempfile
from contextlib import ExitStack, suppress
from io import BufferedRandom, TextIOWrapper

import structlog
from starlette.requests import Request

from cinecote.film_table import LARGEST_TABLE
from cinecote_api.problems.problems import BUSY, TOO_SLOW, Problem, unavailable
from cinecote_api.request_body import chunks, too_large

LARGEST_UPLOAD = LARGEST_TABLE
MOST_UPLOADS = 4
"""So many may be on disk at once: the chart's and compose's /tmp hold them (tests/deploy)."""

_SECONDS_TO_ARRIVE = 60.0
_BYTES_KEPT = 512 * 1024

log = structlog.stdlib.get_logger(__name__)


class Upload:
    """One body on disk, gone when it is closed; `text` leaves out a byte order mark and keeps line ends."""

    def __init__(self, file: BufferedRandom, held: ExitStack) -> None:
        # Lines end in \n alone: a lone \r within a cell begins no other line of the caller's file.
        self.text = TextIOWrapper(file, encoding="utf-8-sig", newline="\n")
        file.seek(0)
        self.has_mark = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
        self.close = held.close


class Uploads:
    """Takes at most MOST_UPLOADS bodies at once, from their first byte to the end of their answers."""

    def __init__(self) -> None:
        self._open = 0

    async def take(self, request: Request, announced: int | None) -> Upload:
        """The body, said to have `announced` bytes; Problem 413, 408, or 503 while there is no room for it."""
        if announced is not None and announced > LARGEST_UPLOAD:
            raise too_large(LARGEST_UPLOAD, announced)
        if self._open >= MOST_UPLOADS:
            raise unavailable(BUSY, "too many tables are being read", 2)
        with ExitStack() as held:
            self._open += 1
            held.callback(self._leave)
            try:
                file = await asyncio.to_thread(_temporary_file)
                held.callback(_close, file)
                async with asyncio.timeout(_SECONDS_TO_ARRIVE):
                    await _spool(request, file)
            except TimeoutError:
                raise Problem(TOO_SLOW, "send the whole body at once", headers={"Connection": "close"}) from None
            except OSError as fault:
                log.warning("a table can't be kept", cause=str(fault))
                raise unavailable(BUSY, "there is no room for the table at the moment", 10) from None
            return Upload(file, held.pop_all())

    def _leave(self) -> None:
        self._open -= 1


async def _spool(request: Request, file: BufferedRandom) -> None:
    kept = bytearray()
    async for chunk in chunks(request, LARGEST_UPLOAD):
        kept += chunk
        if len(kept) >= _BYTES_KEPT:
            # Not on the event loop: a disk may take its time.
            await asyncio.to_thread(file.write, kept)
            kept = bytearray()
    await asyncio.to_thread(file.write, kept)


def _temporary_file() -> BufferedRandom:
    return tempfile.TemporaryFile(prefix="cinecote-")


def _close(file: BufferedRandom) -> None:
    # What couldn't be written for want of room can't be on closing either.
    with suppress(OSError):
        file.close()
