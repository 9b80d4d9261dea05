"""Answers in CSV, for whom asks for them."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

import msgspec
from starlette.responses import Response

from cinecote_api.csv_cells import safe_cell

MEDIA_TYPE = "text/csv"


def csv_answer(columns: Sequence[str], rows: Iterable[Sequence[Any]], headers: Mapping[str, str]) -> Response:
    """200 with a table; an unknown value is an empty cell, dates and moments are as in JSON."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return Response(written.getvalue().encode(), headers=dict(headers), media_type=MEDIA_TYPE)


def prefers_csv(accept: str) -> bool:
    """Whether an Accept header asks for CSV rather than JSON."""
    weights = dict(_weighed(part) for part in accept.split(","))
    wanted = weights.get(MEDIA_TYPE, 0.0)
    return wanted > weights.get("application/json", 0.0) and wanted >= weights.get("*/*", 0.0)


def _weighed(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
    try:
        return kind, float(weight)
    except ValueError:
        return kind, 0.0


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float | int):
        return repr(value)
    return safe_cell(str(msgspec.to_builtins(value)))
