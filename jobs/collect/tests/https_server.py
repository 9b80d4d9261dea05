"""A file server with TLS, and the moods of servers that are far away."""

import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class FileServer(ThreadingHTTPServer):
    """Serves `content` at any path; the path's first part says the mood, `asked` has the headers of each request."""

    daemon_threads = False
    """So that none outlives the server."""

    def __init__(self, content: bytes, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content, self.certificate = content, certificate
        self.etag = '"1"'
        self.requests: list[tuple[str, str | None]] = []
        self.seen: Counter[str] = Counter()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def address(self, path: str, host: str = "localhost") -> str:
        return f"https://{host}:{self.server_port}/{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FileServer

    def do_GET(self) -> None:
        mood = self.path.split("/")[1]
        self.server.requests.append((self.path, self.headers["Range"]))
        self.server.seen[mood] += 1
        getattr(self, f"_{mood}", self._plain)()

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def _plain(self) -> None:
        self._send(self._from(), whole=True)

    def _cut(self) -> None:
        """Twice the connection ends after a third of what was asked for."""
        if self.server.seen["cut"] > 2:
            return self._plain()
        return self._send(self._from(), whole=False)

    def _changed(self) -> None:
        """It is cut, and then another file is there."""
        if self.server.seen["changed"] == 1:
            return self._cut_once()
        self.server.etag = '"2"'
        return self._plain()

    def _cut_once(self) -> None:
        self._send(self._from(), whole=False)

    def _busy(self) -> None:
        if self.server.seen["busy"] > 2:
            return self._plain()
        return self._say(503, {"Retry-After": "0"})

    def _absent(self) -> None:
        self._say(404, {})

    def _moved(self) -> None:
        self._say(302, {"Location": f"/plain/{self.path.rsplit('/', 1)[-1]}"})

    def _down(self) -> None:
        self._say(302, {"Location": f"http://localhost:{self.server.server_port}/plain/films.csv"})

    def _loop(self) -> None:
        self._say(307, {"Location": self.path})

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"title," * 20_000)

    def _from(self) -> int:
        asked = self.headers["Range"]
        if asked is None or self.headers["If-Range"] != self.server.etag:
            return 0
        return int(asked.removeprefix("bytes=").rstrip("-"))

    def _send(self, begin: int, *, whole: bool) -> None:
        content = self.server.content
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - begin))
        self.send_header("ETag", self.server.etag)
        self.end_headers()
        left = content[begin:]
        self.wfile.write(left if whole else left[: len(left) // 3])
        self.close_connection = True

    def _say(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def serving(content: bytes, folder: Path) -> Iterator[FileServer]:
    """A server of `content` under the name localhost, with a certificate that nobody but its holder knows."""
    with FileServer(content, _certificate(folder / "server.pem")) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _certificate(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path
