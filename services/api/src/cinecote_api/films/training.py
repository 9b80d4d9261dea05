"""What a film was to the training of a model."""

from datetime import UTC
from typing import Any, Literal

from sqlalchemy import Row

from cinecote.films import RELEASED, Thresholds, film_identity, is_held_out
from cinecote.registry import HELD_OUT_SHARE, MINIMUM_VOTES, Manifest

Training = Literal["learned", "held_out", "not_counted"]
"""It was learned from; no version ever learns from it; it has no category to be learned."""


def training_of(film: Row[Any], manifest: Manifest | None) -> Training | None:
    """What a row of the films was to the model; None where that can't be told.

    One that was fetched after the training may be new, or only have been looked at again.
    """
    if manifest is None:
        return None
    share, fewest = (manifest.data.get(name) for name in (HELD_OUT_SHARE, MINIMUM_VOTES))
    if not isinstance(share, float) or not isinstance(fewest, int):
        return None
    thresholds = Thresholds(manifest.thresholds.moyen, manifest.thresholds.bien)
    if film.status != RELEASED or thresholds.category_by_votes(film.vote_average, film.vote_count, fewest) is None:
        return "not_counted"
    if is_held_out(film_identity(film.title, film.release_date.year if film.release_date else None), share):
        return "held_out"
    return "learned" if film.fetched_at.replace(tzinfo=UTC) <= manifest.trained_at else None
