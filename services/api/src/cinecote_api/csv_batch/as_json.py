"""Scored rows in JSON, as a batch of films in JSON is answered."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cinecote.features import InputFault
from cinecote_api.csv_batch.scoring import Scored
from cinecote_api.predictions.outcomes import Failed, Said, merged


def as_json(model: dict[str, str], scored: Iterable[Scored]) -> Iterator[bytes]:
    """The answer's bytes, some films at a time; an error's pointer is into the films, its detail names the line."""
    answered, failed, between = 0, 0, b""
    yield b'{"model":' + msgspec.json.encode(model) + b',"predictions":['
    for some in scored:
        yield between + msgspec.json.encode(_outcomes(some, answered))[1:-1]
        answered, failed, between = answered + len(some.rows), failed + len(some.faults), b","
    yield b'],"failed":%d}' % failed


def _outcomes(scored: Scored, before: int) -> Sequence[Said | Failed]:
    faults = {
        row: InputFault(f"/films/{before + row}{fault.pointer}", f"line {scored.rows[row][0]}: {fault.detail}")
        for row, fault in scored.faults.items()
    }
    return merged(len(scored.rows), scored.predicted.said(), faults)
