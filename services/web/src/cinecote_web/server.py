"""gunicorn around the page: one process with threads, so that its metrics are whole."""

import logging
import socket
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from cinecote.exits import CommandError
from cinecote_web.settings import WebSettings
from cinecote_web.worker import SECONDS_KEPT_ALIVE, LingeringWorker, keep_stops_for_the_worker

_SECONDS_TO_FINISH = 20
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat file must not wait for a disk


class _OurLog(Logger):
    """gunicorn's records go where all others go."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.setLevel(logging.NOTSET)
        self.error_log.propagate = True


class _Server(BaseApplication):
    def __init__(self, app: Flask, listener: int, threads: int) -> None:
        self._app = app
        self._listener = listener
        self._threads = threads
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"fd://{self._listener}",
            "worker_class": LingeringWorker,
            "workers": 1,
            "threads": self._threads,
            "graceful_timeout": _SECONDS_TO_FINISH,
            "keepalive": SECONDS_KEPT_ALIVE,
            "worker_tmp_dir": str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None,
            "control_socket_disable": True,
            "errorlog": None,
            "logger_class": _OurLog,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app


def serve(app: Flask, settings: WebSettings) -> None:
    """Serve `app` until SIGTERM or Ctrl-C, letting requests under way end; CommandError where the port isn't free."""
    listener = _listen(settings.host, settings.port)
    keep_stops_for_the_worker()
    _Server(app, listener.detach(), settings.threads).run()


def _listen(host: str, port: int) -> socket.socket:
    # gunicorn would try five times, a second apart, with a line each.
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python adds the address, which stands in our sentence already, in parentheses.
        cause = (error.strerror or str(error)).partition(" (")[0]
        raise CommandError(f"the page can't listen on {host}:{port}: {cause}") from None
