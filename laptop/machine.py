"""What this machine must give: a folder to write in and free ports."""

import os
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cinecote.exits import CommandError
from cinecote.settings import read_settings
from cinecote_api.settings import ApiSettings
from cinecote_web.settings import WebSettings

VAR = Path("var")


@dataclass(frozen=True)
class Machine:
    """Where the services of this machine listen, and the environment that tells them so."""

    api: tuple[str, int]
    web: tuple[str, int]
    environment: Mapping[str, str]

    @classmethod
    def from_environment(cls) -> "Machine":
        api, web = read_settings(ApiSettings), read_settings(WebSettings)
        address = f"http://{api.host}:{api.port}"
        return cls((api.host, api.port), (web.host, web.port), {**os.environ, "CINECOTE_API_URL": address})

    @property
    def api_url(self) -> str:
        return self.environment["CINECOTE_API_URL"]

    @property
    def web_url(self) -> str:
        host, port = self.web
        return f"http://{host}:{port}"

    def check(self, *, page: bool) -> None:
        """CommandError where nothing can be written here, or the api's port is taken, or, with `page`, the page's."""
        try:
            VAR.mkdir(exist_ok=True)
            tempfile.TemporaryFile(dir=VAR).close()
        except OSError as error:
            raise CommandError(f"{VAR.absolute()} can't be written to: {error.strerror}") from None
        _check_port(*self.api, "CINECOTE_API_PORT")
        if page and self.api == self.web:
            raise CommandError(f"CINECOTE_API_PORT and CINECOTE_WEB_PORT are both {self.api[1]}")
        if page:
            _check_port(*self.web, "CINECOTE_WEB_PORT")


def _check_port(host: str, port: int, setting: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"{host}:{port} can't be used: {error.strerror}; {setting} names another port") from None
