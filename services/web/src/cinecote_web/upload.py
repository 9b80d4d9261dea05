"""A form with a file, read while it comes: the file is never held whole."""

from collections.abc import Iterator
from itertools import chain
from typing import IO

from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from cinecote.film_table import LARGEST_TABLE

_BYTES_TOGETHER = 64 * 1024
_MOST_WAITING = 16 * _BYTES_TOGETHER
_LONGEST_FIELD = 200
_MOST_PARTS = 20
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How an .xlsx or an .ods begins, and an old .xls."""


class UnusableUpload(Exception):
    """No file that could be sent on; `message` is one of the section `batch`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Upload:
    """The `fields` that stand before the form's file, and the file's bytes, to be read once."""

    def __init__(self, body: IO[bytes], boundary: str) -> None:
        """Reads as far as the file's first bytes."""
        self.fields: dict[str, str] = {}
        self._events = _events(body, boundary)
        self._first = self._find()

    def require_file(self) -> None:
        """UnusableUpload where there is none, an empty one, or a spreadsheet's own."""
        if not self._first:
            raise UnusableUpload("no_file")
        if self._first.startswith(_WORKBOOKS):
            raise UnusableUpload("workbook")

    def __iter__(self) -> Iterator[bytes]:
        """UnusableUpload where the file is too large, or ends before the form does."""
        taken = 0
        for data in chain([self._first], self._rest()):
            taken += len(data)
            if taken > LARGEST_TABLE:
                raise UnusableUpload("too_large")
            yield data

    def _find(self) -> bytes:
        field = None
        for event in self._events:
            if isinstance(event, Field):
                field = event.name
            elif isinstance(event, File):
                field = None
            elif isinstance(event, Data) and field is not None:
                text = self.fields.get(field, "") + event.data.decode("utf-8", "replace")
                self.fields[field] = text[:_LONGEST_FIELD]
            elif isinstance(event, Data) and event.data:
                return event.data
        return b""

    def _rest(self) -> Iterator[bytes]:
        for event in self._events:
            if not isinstance(event, Data):
                return
            yield event.data
        raise UnusableUpload("cut_short")


def _events(body: IO[bytes], boundary: str) -> Iterator[Event]:
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), _MOST_WAITING, max_parts=_MOST_PARTS)
    try:
        while True:
            data = body.read(_BYTES_TOGETHER)
            decoder.receive_data(data or None)
            while not isinstance(event := decoder.next_event(), NeedData):
                yield event
                if isinstance(event, Epilogue):
                    return
            if not data:
                return
    except (ValueError, OSError):
        raise UnusableUpload("cut_short") from None
