"""The application behind the server that the command runs, in this process."""

import socket
import threading

import httpx2
import uvicorn
from starlette.testclient import TestClient

from cinecote_api.server.process import configured

_SECONDS = 60


class Server:
    """Serves the application of `client` on a free port until it is closed."""

    def __init__(self, client: TestClient) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._address = self._listening.getsockname()
        self._server = uvicorn.Server(configured(lambda: client.app))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]})
        self._thread.start()
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self._address[1]}", timeout=_SECONDS)

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection on which this has been sent."""
        connection = socket.create_connection(self._address, timeout=_SECONDS)
        connection.sendall(sent)
        return connection

    def close(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()
