"""The Python of an MLflow 2.7, and a gate before a server that lets less through."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[3]
_TOOLS = ROOT / ".venvs/tools/bin"
_REQUIREMENTS = Path(__file__).with_name("mlflow-2.7") / "requirements.lock"

Gate = Callable[[str], tuple[int, bytes] | None]
"""What is answered to a path in the server's stead; None lets it through."""


def python_of_mlflow_2_7() -> Path:
    """The Python of an environment with MLflow 2.7, made where it has to be; skips where it can't be."""
    folder = ROOT / "var/environments/mlflow-2.7"
    made, said = folder / ".made", sha256(_REQUIREMENTS.read_bytes()).hexdigest()
    if not made.is_file() or made.read_text() != said:
        install: list[str | Path] = ["pip", "install", "-q", "--compile-bytecode", "--no-build", "--require-hashes"]
        install += ["-p", folder, "-r", _REQUIREMENTS]
        make: list[str | Path] = ["venv", "-q", "--clear", "--python", _TOOLS / "python", folder]
        for arguments in (make, install):
            try:
                subprocess.run([_TOOLS / "uv", *arguments], check=True, capture_output=True, text=True, timeout=600)
            except (OSError, subprocess.SubprocessError) as error:
                reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
                pytest.skip(f"no environment with MLflow 2.7 can be made here: {reason}")
        made.write_text(said)
    return folder / "bin/python"


@contextmanager
def gated(server: str, gate: Gate, host: str | None = None) -> Iterator[str]:
    """The address of a way to `server` through `gate`; with `host`, the server is asked by that name."""
    target = server.rpartition("/")[2]

    class Way(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answered = gate(self.path) or self._pass_on(content)
            self.send_response(answered[0])
            self.send_header("Content-Length", str(len(answered[1])))
            self.end_headers()
            self.wfile.write(answered[1])

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

        def _pass_on(self, content: bytes) -> tuple[int, bytes]:
            connection = HTTPConnection(target, timeout=60)
            headers = {**self.headers, "Host": host or target}
            connection.request(self.command, self.path, content, headers)
            answer = connection.getresponse()
            said = answer.status, answer.read()
            connection.close()
            return said

        def log_message(self, *_: object) -> None:
            """Not to standard error."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Way) as way:
        Thread(target=way.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{way.server_port}"
        way.shutdown()
