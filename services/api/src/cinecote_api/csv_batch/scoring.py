"""Rows of a table into predictions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cinecote.features import InputFault
from cinecote_api.csv_batch.cells import read_films
from cinecote_api.csv_batch.records import Record
from cinecote_api.csv_batch.table import Table
from cinecote_api.outcomes import Predicted, predict_all
from cinecote_api.recording import Recorder
from cinecote_api.serving import Served


@dataclass(frozen=True, slots=True)
class Scored:
    """Some rows, what is wrong with some of them by their places, and of the others, in order, the predictions."""

    rows: list[Record]
    faults: Mapping[int, InputFault]
    predicted: Predicted


def score_table(table: Table, served: Served, recorder: Recorder, request_id: str) -> Iterator[Scored]:
    """Predict all rows of `table`, some at a time, and keep each film as it is answered."""
    for rows in table.chunks():
        films = read_films(rows, table.columns, len(table.header))
        usable = films.values[[row for row in range(len(rows)) if row not in films.faults]]
        predicted = predict_all(served.model, usable)
        recorder.record_all(request_id, served, predicted)
        yield Scored(rows, films.faults, predicted)
