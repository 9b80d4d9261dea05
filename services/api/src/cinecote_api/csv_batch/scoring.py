"""Rows of a table into predictions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinecote.features import InputFault
from cinecote_api.csv_batch.cells import Flags, read_films
from cinecote_api.csv_batch.records import Record
from cinecote_api.csv_batch.table import Table
from cinecote_api.graph import Matrix
from cinecote_api.prediction import decide_all
from cinecote_api.recording import Recorder
from cinecote_api.serving import Served


@dataclass(frozen=True, slots=True)
class Scored:
    """Some rows, what is wrong with some of them, and of the others, in order, the predictions."""

    rows: list[Record]
    faults: Mapping[int, InputFault]
    probabilities: Matrix
    categories: NDArray[np.intp]
    certain: Flags


def score_table(table: Table, served: Served, recorder: Recorder, request_id: str) -> Iterator[Scored]:
    """Predict all rows of `table`, some at a time, and keep each film as it is answered."""
    model = served.model
    for rows in table.chunks():
        films = read_films(rows, table.columns, len(table.header))
        usable = films.values[[row for row in range(len(rows)) if row not in films.faults]]
        probabilities = model.probabilities(usable)
        categories, certain = decide_all(probabilities, model.manifest.margin)
        recorder.record_all(request_id, served, usable, probabilities)
        yield Scored(rows, films.faults, probabilities, categories, certain)
