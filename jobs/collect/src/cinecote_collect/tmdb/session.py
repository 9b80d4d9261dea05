"""The connections to TMDB's API: one token, one proxy, nothing sent twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from cinecote_collect.tmdb.answers import UnusableAnswer

CONNECTIONS = 512
"""As many requests can be under way; a process may have 1,024 files open."""
_SECONDS_FOR_AN_ANSWER = 20


def in_words(error: Exception) -> str:
    """What went wrong on the way, without what was sent."""
    if isinstance(error, UnusableAnswer):
        return str(error)
    # Only what kind it is: the texts of connection errors may repeat what was sent.
    return "no answer in time" if isinstance(error, TimeoutError) else f"the connection failed ({type(error).__name__})"


async def _sent_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a request again by itself, which the limiter would know nothing of."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise UnusableAnswer(in_words(error)) from None


def _proxy(address: str) -> str | None:
    """The proxy that the environment names for `address`."""
    parts = urlsplit(address)
    return None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)


@asynccontextmanager
async def open_session(address: str, token: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Connections to `address` that carry `token` in a header, never in an address, which would end in logs."""
    async with aiohttp.ClientSession(
        # Packed answers save little here, and a few bytes could become gigabytes.
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=_SECONDS_FOR_AN_ANSWER),
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=30),
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=(_sent_once,),
        # Found out once: with trust_env, aiohttp asks the environment and a .netrc anew for each request, in a thread.
        proxy=_proxy(address),
    ) as session:
        yield session
