"""TMDB's daily file of all ids: public, so no token goes there."""

import zlib
from collections.abc import AsyncIterator
from datetime import date, timedelta

import aiohttp
from pydantic import ValidationError

from cinecote.exits import CommandError
from cinecote_collect.tmdb.answers import LONGEST_ROW, Exported
from cinecote_collect.tmdb.lists import Found

_API, _FILES = "https://api.themoviedb.org/3", "https://files.tmdb.org"
_DAYS_TRIED = 4
_TRIES = 3
_LONGEST_LINE = 1 << 16
_SECONDS = aiohttp.ClientTimeout(total=1800, sock_read=60)
_LINES_TOGETHER = 10_000


def address(base: str, day: date) -> str:
    """Where the file of `day` is; a server that stands in for the API keeps the files too."""
    host = _FILES if base == _API else base.removesuffix("/3")
    return f"{host}/p/exports/movie_ids_{day:%m_%d_%Y}.json.gz"


async def exported(base: str, today: date) -> AsyncIterator[Found]:
    """The films of the newest file, some thousands at a time, without adult films and videos; CommandError without one.

    Where a try breaks off, the next one begins anew: the same ids come again.
    """
    fault = "there is none of the last days"
    async with aiohttp.ClientSession(timeout=_SECONDS, trust_env=True) as session:
        for day in (today - timedelta(days=back) for back in range(_DAYS_TRIED)):
            for _ in range(_TRIES):
                try:
                    async with session.get(address(base, day), allow_redirects=False) as response:
                        if response.status in (403, 404):
                            break
                        response.raise_for_status()
                        async for found in _found(response):
                            yield found
                        return
                except (aiohttp.ClientError, TimeoutError, OSError, ValueError, zlib.error) as error:
                    fault = f"that of {day} can't be read ({type(error).__name__})"
    raise CommandError(f"TMDB's daily file of ids: {fault}")


async def _found(response: aiohttp.ClientResponse) -> AsyncIterator[Found]:
    found = Found()
    async for lines in _lines(response):
        for line in lines:
            _note(line, found)
        if len(found.ids) + len(found.unreadable) >= _LINES_TOGETHER:
            yield found
            found = Found()
    yield found


async def _lines(response: aiohttp.ClientResponse) -> AsyncIterator[list[bytes]]:
    unpack = zlib.decompressobj(wbits=31)
    rest = b""
    async for chunk in response.content.iter_chunked(1 << 16):
        packed = chunk
        while packed:
            # So much at a time, however far a few bytes unpack.
            *lines, rest = (rest + unpack.decompress(packed, 1 << 20)).split(b"\n")
            packed = unpack.unconsumed_tail
            if len(rest) > _LONGEST_LINE:
                raise ValueError("no file of ids")
            yield lines
    if not unpack.eof:
        raise ValueError("it ends before its end")
    yield [rest]


def _note(line: bytes, found: Found) -> None:
    if not line.strip():
        return
    try:
        film = Exported.model_validate_json(line)
    except ValidationError:
        found.unreadable.add(line.decode(errors="replace")[:LONGEST_ROW])
    else:
        if not film.adult and not film.video:
            found.ids.add(film.id)
