"""Rows of a table into predictions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cinecote.features import InputFault
from cinecote.registry import CHAMPION
from cinecote_api.csv_batch.cells import read_films
from cinecote_api.csv_batch.records import Record
from cinecote_api.csv_batch.table import Table
from cinecote_api.models.followed import FollowedModel
from cinecote_api.models.graph import Matrix
from cinecote_api.models.served_model import ServedModel
from cinecote_api.models.serving import Served
from cinecote_api.predictions.outcomes import Predicted, decided
from cinecote_api.predictions.recording import Recorder


@dataclass(frozen=True, slots=True)
class Scored:
    """Some rows, what is wrong with some of them by their places, and of the others, in order, the predictions."""

    rows: list[Record]
    faults: Mapping[int, InputFault]
    predicted: Predicted


@dataclass(frozen=True, slots=True)
class Scoring:
    """Predicts all rows of `table`, some at a time; `foretold` has their probabilities where they are known already."""

    table: Table
    model: FollowedModel
    served: Served
    foretold: Sequence[Matrix] | None

    def scored(self, recorder: Recorder, request_id: str) -> Iterator[Scored]:
        """The rows in order; each film is kept as it is answered, and heard in shadow once it was."""
        for place, (rows, faults, films) in enumerate(_films(self.table)):
            model = self.served.model
            probabilities = self.foretold[place] if self.foretold else model.probabilities(films)
            predicted = decided(model, films, probabilities)
            recorder.record_all(request_id, self.served, predicted)
            yield Scored(rows, faults, predicted)
            if self.served.role == CHAMPION:
                self.model.shadow.hear(predicted.films, predicted.categories)


def begin_scoring(table: Table, model: FollowedModel, request_id: str) -> Scoring:
    """Who answers the table; Problem 409 or 503 where there is nobody.

    The headers name one version before the first row is answered, and after that nobody could take its place: so a
    challenger has to predict all rows first, and where it fails, the champion answers them.
    """

    def foretell(asked: ServedModel) -> list[Matrix] | None:
        if asked is model.serving.champion:
            return None
        return [asked.probabilities(films) for _, _, films in _films(table)]

    served, foretold = model.serving.answer(request_id, foretell)
    return Scoring(table, model, served, foretold)


def _films(table: Table) -> Iterator[tuple[list[Record], Mapping[int, InputFault], Matrix]]:
    """Some rows at a time, their faults, and the films [n, 5] of the others."""
    for rows in table.chunks():
        films = read_films(rows, table.columns, len(table.header), table.when)
        yield rows, films.faults, films.values[[row for row in range(len(rows)) if row not in films.faults]]
