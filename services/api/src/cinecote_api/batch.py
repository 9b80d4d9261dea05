"""A batch of films: each answered, or told what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cinecote.features import InputFault, InvalidFilm, read_film
from cinecote_api.prediction import Prediction
from cinecote_api.served_model import ServedModel


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of each film, in the order sent, and the usable films with their predictions for the record."""

    outcomes: Sequence[Prediction | InputFault]
    films: Sequence[Mapping[str, float]]
    predictions: Sequence[Prediction]

    @property
    def failed(self) -> int:
        return len(self.outcomes) - len(self.predictions)


def score(model: ServedModel, sent: list[object]) -> Batch:
    """Predict every film in `sent` that can be used; of another's faults, tell the first."""
    read = [_read(index, members) for index, members in enumerate(sent)]
    films = [film for film in read if not isinstance(film, InputFault)]
    predictions = model.predict(films)
    following = iter(predictions)
    outcomes = [film if isinstance(film, InputFault) else next(following) for film in read]
    return Batch(outcomes, films, predictions)


def _read(index: int, members: object) -> dict[str, float] | InputFault:
    try:
        return read_film(members)
    except InvalidFilm as invalid:
        fault = invalid.faults[0]
        return InputFault(f"/films/{index}{fault.pointer}", fault.detail)
