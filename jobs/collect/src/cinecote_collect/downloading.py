"""Files from https addresses, spooled to disk: bounded in size and time, gone on with where a connection was cut."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from ssl import SSLCertVerificationError
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import SplitResult, urljoin

import structlog

from cinecote.exits import CommandError, UsageError
from cinecote_collect.addresses import CheckedConnection, read_address, shown

_CHUNK = 1 << 18
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_MOST_TRIES = 6
_LONGEST_WAIT = 30.0
_SECONDS_BETWEEN_LINES = 5.0
_WHOLE = re.compile(r"bytes (\d+)-\d+/(\d+)")

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most bytes and seconds that a download may take, and whether it may come from one's own networks."""

    size: int
    seconds: float
    private: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A file, and what a person knows it by; `most_bytes` of it are read once unpacked, None: all of them."""

    name: str
    path: Path
    most_bytes: int | None = None


class _Cut(Exception):
    """The server couldn't, or the connection ended early: after `wait` seconds (None: not said) it is tried again."""

    def __init__(self, cause: object, wait: float | None = None) -> None:
        super().__init__(str(cause) or type(cause).__name__)
        self.wait = wait


@contextmanager
def local_files(
    places: Sequence[Path | SplitResult], limits: Limits, check: Callable[[], None]
) -> Iterator[list[Named]]:
    """`places` as files on this machine, for the time of the block; `check` is called often and may raise.

    UsageError where an address can't be collected from, CommandError where it can't be reached.
    """
    with TemporaryDirectory(prefix="cinecote-collect-") as folder:
        yield [
            Named(str(place), place)
            if isinstance(place, Path)
            else _Download(place, Path(folder) / str(number), limits, check).run()
            for number, place in enumerate(places)
        ]


class _Download:
    def __init__(self, address: SplitResult, path: Path, limits: Limits, check: Callable[[], None]) -> None:
        self._address = address
        self._name = shown(address)
        self._path = path
        self._limits = limits
        self._check = check
        self._deadline = time.monotonic() + limits.seconds
        self._told = time.monotonic()
        self._etag: str | None = None

    def run(self) -> Named:
        with self._path.open("wb") as file:
            for tried in range(1, _MOST_TRIES + 1):
                try:
                    self._receive(file)
                    break
                except _Cut as cut:
                    if tried == _MOST_TRIES:
                        raise CommandError(f"{self._name}: {cut}; tried {tried} times") from None
                    log.warning("the download is tried again", address=self._name, cause=str(cut), at=file.tell())
                    self._pause(cut.wait if cut.wait is not None else 2.0 ** (tried - 1))
        # Packed films take a tenth of their size; what unpacks to much more is no table.
        return Named(self._name, self._path, most_bytes=10 * self._limits.size)

    def _receive(self, file: IO[bytes]) -> None:
        begin = file.tell() if self._etag else 0
        headers = {"Accept-Encoding": "identity", "User-Agent": "cinecote-collect"}
        if begin:
            headers |= {"Range": f"bytes={begin}-", "If-Range": self._etag or ""}
        try:
            with self._opened(headers) as answer:
                self._write(answer, file, begin)
        except SSLCertVerificationError as fault:
            raise UsageError(f"{self._name}: its certificate is not good: {fault.verify_message}") from None
        except (OSError, HTTPException) as fault:
            raise _Cut(fault) from None

    @contextmanager
    def _opened(self, headers: dict[str, str]) -> Iterator[HTTPResponse]:
        address = self._address
        for _ in range(_MOST_REDIRECTS + 1):
            with closing(CheckedConnection(address, private=self._limits.private)) as connection:
                target = (address.path or "/") + (f"?{address.query}" if address.query else "")
                connection.request("GET", target, headers=headers)
                answer = connection.getresponse()
                if answer.status not in _REDIRECTS:
                    yield answer
                    return
                address = self._redirected(address, answer.getheader("Location"))
        raise UsageError(f"{self._name}: more than {_MOST_REDIRECTS} redirects")

    def _redirected(self, address: SplitResult, location: str | None) -> SplitResult:
        try:
            return read_address(urljoin(address.geturl(), location or ""))
        except ValueError as fault:
            raise UsageError(f"{self._name}: leads elsewhere: {fault}") from None

    def _write(self, answer: HTTPResponse, file: IO[bytes], begin: int) -> None:
        total = self._total(answer, begin)
        if answer.status == 200:
            # The whole of it, and where a part was asked for: it has changed since.
            begin = 0
            etag = answer.getheader("ETag")
            self._etag = etag if etag and not etag.startswith("W/") else None
        file.seek(begin)
        file.truncate()
        # What has come, however little: a server that sends a byte now and then meets the deadline.
        while chunk := answer.read1(_CHUNK):
            self._still_allowed(file.tell() + len(chunk), total)
            self._keep(chunk, file)
        if total is not None and file.tell() != total:
            raise _Cut(f"{file.tell():,} of {total:,} bytes came")

    def _keep(self, chunk: bytes, file: IO[bytes]) -> None:
        try:
            file.write(chunk)
            file.flush()
        except OSError as fault:
            raise CommandError(f"the temporary file for {self._name} (TMPDIR names its folder): {fault}") from None

    def _total(self, answer: HTTPResponse, begin: int) -> int | None:
        """The whole file's size, None where the server doesn't say."""
        if answer.status in _AGAIN:
            wait = answer.getheader("Retry-After") or ""
            raise _Cut(f"the server answers {answer.status}", float(wait) if wait.isdecimal() else None)
        if answer.status == 206:
            part = _WHOLE.fullmatch(answer.getheader("Content-Range") or "")
            if part is not None and int(part[1]) == begin and begin:
                return int(part[2])
        elif answer.status == 200:
            if answer.getheader("Content-Encoding", "identity") != "identity":
                raise UsageError(f"{self._name}: comes in an encoding that wasn't asked for")
            length = answer.getheader("Content-Length")
            total = int(length) if length and length.isdecimal() else None
            self._still_allowed(total or 0, total)
            return total
        elif answer.status == 416 and begin:
            self._etag = None
            raise _Cut("the file has changed")
        raise UsageError(f"{self._name}: the server answers {answer.status}")

    def _still_allowed(self, size: int, total: int | None) -> None:
        self._check()
        if size > self._limits.size:
            raise UsageError(f"{self._name}: is larger than {self._limits.size // 1_000_000:,} MB")
        moment = time.monotonic()
        if moment > self._deadline:
            raise CommandError(f"{self._name}: takes longer than {self._limits.seconds:,.0f} s")
        if moment - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = moment
            percent = round(100 * size / total) if total else None
            log.info("downloading", address=self._name, megabytes=size // 1_000_000, percent=percent)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + min(seconds, _LONGEST_WAIT)
        while time.monotonic() < until:
            self._still_allowed(0, None)
            time.sleep(min(0.2, max(until - time.monotonic(), 0)))
