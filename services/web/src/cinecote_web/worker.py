"""gunicorn's threads, and how they take leave of connections that a client keeps for its next request."""

import os
import signal
import time
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

# Longer than any proxy or client in use keeps an idle connection (nginx 60 s): the one who sends must be the one who
# closes, or a request may meet the end of its connection.
SECONDS_KEPT_ALIVE = 75
_STOPS = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}
_SECONDS_TO_LINGER = 1.0
_SECONDS_BETWEEN_LOOKS = 0.25


def keep_stops_for_the_worker() -> None:
    """Have a stop that comes just after the fork wait for the worker's own handlers; its parent's would swallow it."""
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS),
    )


class LingeringWorker(ThreadWorker):
    """gunicorn's, but once told to stop it closes a connection that nothing has come on for a second.

    Within that second it may bring a request, whose answer says that the connection closes. gunicorn closes idle ones
    when they have timed out, also those that a browser opened ahead and never used, and those with a request under way
    right after an answer that said that they are kept.
    """

    def init_signals(self) -> None:
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        # True where the answer said that the connection is kept, whether or not a stop has come meanwhile.
        if fs.cancelled() or fs.exception() or fs.result() is not True:
            super().finish_request(conn, fs)
            return
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_client_socket_readable, conn))

    def wait_for_and_dispatch_events(self, timeout: float | None) -> None:
        # Idle connections are looked at after each wait, and one without an event would last until the very end.
        if not self.alive:
            timeout = _SECONDS_BETWEEN_LOOKS if timeout is None else min(timeout, _SECONDS_BETWEEN_LOOKS)
        super().wait_for_and_dispatch_events(timeout)

    def murder_keepalived(self) -> None:
        if not self.alive:
            soon = time.monotonic() + _SECONDS_TO_LINGER
            for connection in (*self.keepalived_conns, *self.pending_conns):
                connection.timeout = min(connection.timeout or soon, soon)
        super().murder_keepalived()
