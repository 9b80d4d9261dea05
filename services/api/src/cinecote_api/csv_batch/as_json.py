"""Scored rows in JSON, as a batch of films in JSON is answered."""

from collections.abc import Iterable, Iterator

import msgspec

from cinecote.features import InputFault
from cinecote.films import CATEGORIES
from cinecote_api.csv_batch.scoring import Scored
from cinecote_api.prediction import Prediction

Outcome = Prediction | dict[str, InputFault]


def as_json(model: dict[str, str], scored: Iterable[Scored]) -> Iterator[bytes]:
    """The answer's bytes, some films at a time; an error's pointer is into the films, its detail names the line."""
    answered, failed, between = 0, 0, b""
    yield b'{"model":' + msgspec.json.encode(model) + b',"predictions":['
    for some in scored:
        yield between + msgspec.json.encode(list(_outcomes(some, answered)))[1:-1]
        answered, failed, between = answered + len(some.rows), failed + len(some.faults), b","
    yield b'],"failed":%d}' % failed


def _outcomes(scored: Scored, before: int) -> Iterator[Outcome]:
    good = zip(scored.categories.tolist(), scored.probabilities.tolist(), scored.certain.tolist(), strict=True)
    for row, (line, _) in enumerate(scored.rows):
        fault = scored.faults.get(row)
        if fault is None:
            category, probabilities, certain = next(good)
            yield Prediction(CATEGORIES[category], dict(zip(CATEGORIES, probabilities, strict=True)), certain)
        else:
            yield {"error": InputFault(f"/films/{before + row}{fault.pointer}", f"line {line}: {fault.detail}")}
