"""gunicorn's threads, and how they take leave of connections that a client keeps for its next request."""

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# Longer than any proxy or client in use keeps an idle connection (nginx 60 s): the one who sends must be the one who
# closes, or a request may meet the end of its connection.
SECONDS_KEPT_ALIVE = 75
_SECONDS_TO_LINGER = 1.0
_SECONDS_BETWEEN_LOOKS = 0.25


class LingeringWorker(ThreadWorker):
    """gunicorn's, but once told to stop it closes idle connections after a second, not when they have timed out.

    Until then each may bring one request more, whose answer says that the connection closes.
    """

    _leaves: float | None = None

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._leaves = time.monotonic() + _SECONDS_TO_LINGER
        super().handle_exit(sig, frame)

    def wait_for_and_dispatch_events(self, timeout: float | None) -> None:
        # Idle connections are looked at after each wait, and one without an event would last until the very end.
        if self._leaves is not None:
            timeout = _SECONDS_BETWEEN_LOOKS if timeout is None else min(timeout, _SECONDS_BETWEEN_LOOKS)
        super().wait_for_and_dispatch_events(timeout)

    def murder_keepalived(self) -> None:
        if self._leaves is not None:
            for connection in self.keepalived_conns:
                connection.timeout = min(connection.timeout or 0.0, self._leaves)
        super().murder_keepalived()
