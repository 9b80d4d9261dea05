"""The process: one socket, one event loop, and an end that loses no request."""

import gc
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp

from cinecote.exits import CommandError
from cinecote_api.server.quick_protocol import QuickProtocol

log = structlog.stdlib.get_logger(__name__)

_SECONDS_TO_FINISH = 20
# Longer than any proxy or client in use keeps an idle connection (nginx 60 s): the one who sends must be the one who
# closes, or a request may meet the end of its connection.
_SECONDS_KEPT_ALIVE = 75
_BACKLOG = 2048
_ACCEPTED_TOGETHER = 32
_SECONDS_BETWEEN_THREADS = 0.0005
_OBJECTS_BETWEEN_COLLECTIONS = 20_000


def serve(create: Callable[[], ASGIApp], host: str, port: int) -> None:
    """Answer on this address until SIGTERM or Ctrl-C, then finish what is under way; CommandError if it is taken."""
    # Before anything slow, so that a port in use is told at once.
    listening = _listen(host, port)
    server = uvicorn.Server(configured(create))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    # uvicorn takes signals only while it runs, and raises them again when it has finished: without a handler of ours
    # a stop as asked for would look like a crash.
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, stop)
    _keep_the_loop_free()
    with listening:
        log.info("listening", host=host, port=listening.getsockname()[1])
        # Of each listening socket the loop accepts one connection a round. Under load, rounds are long, and new
        # connections, a probe's among them, would wait for seconds behind each other.
        server.run(sockets=[listening, *(listening.dup() for _ in range(_ACCEPTED_TOGETHER - 1))])


def _keep_the_loop_free() -> None:
    """Have batches, which run in threads, hold up single predictions for a millisecond rather than for fifty."""
    # A thread may keep the interpreter to itself for 5 ms at a time, and a request needs it several times.
    sys.setswitchinterval(_SECONDS_BETWEEN_THREADS)
    # What is loaded by now stays for good: no collection need go through it again.
    gc.collect()
    gc.freeze()
    # Answers on their way to the database look like leaks, and would be gone through every hundred requests.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


def configured(create: Callable[[], ASGIApp]) -> uvicorn.Config:
    """How uvicorn runs the application that `create` makes."""
    return uvicorn.Config(
        create,
        factory=True,
        lifespan="on",
        loop="uvloop",
        http=QuickProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        timeout_keep_alive=_SECONDS_KEPT_ALIVE,
    )


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # A restart must not wait for the connections of the process before.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise CommandError(f"can't listen on {host}, port {port}: {error.strerror}") from None
    return listening
