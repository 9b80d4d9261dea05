"""Serves on 127.0.0.1 until it is ended; its first line on standard output is its address."""

import asyncio
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from datetime import UTC, date, datetime

from .catalog import Catalog
from .connection import Connection
from .control import Control
from .judge import Judge
from .moods import KINDS, Mood
from .routes import Routes
from .state import State

_SHARES = ("faults", "penalties", "moving", "vanishing", "delay", "jitter", "slow")


def parse() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.fake_tmdb", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--films", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--token", default="a-token")
    parser.add_argument("--limit", type=int, default=40, help="requests in any second [rate limit]")
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument("--daily", type=int, default=10, help="films that change on each day of a moved clock")
    parser.add_argument("--absurd", type=float, default=0.03, help="share of films with facts that can't be, for good")
    parser.add_argument("--only", choices=KINDS, help="the one fault that --faults is about")
    for name in _SHARES:
        parser.add_argument(f"--{name}", type=float, default=getattr(Mood(), name), help="see moods.Mood")
    return parser.parse_args()


async def serve(arguments: Namespace) -> None:
    mood = Mood(only=arguments.only, **{name: getattr(arguments, name) for name in _SHARES})
    catalog = Catalog(arguments.films, arguments.seed, arguments.today, arguments.absurd)
    judge = Judge(arguments.limit, mood.delay + mood.jitter)
    state = State(catalog, judge, mood, Routes(catalog, mood), arguments.token, arguments.daily)
    control = Control(state)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(state, control), "127.0.0.1", arguments.port, backlog=2048)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parse()))
