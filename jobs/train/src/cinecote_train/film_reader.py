"""The films that training counts, read from the database."""

from collections.abc import Iterator

import numpy as np
from sqlalchemy import Engine, select

from cinecote.exits import CommandError, UsageError
from cinecote.features import RELEASE_YEAR, Input
from cinecote.films import CATEGORIES, RELEASED, Thresholds
from cinecote.models import AFTER_RELEASE, FilmModel
from cinecote.settings import LabelSettings
from cinecote.tables import films
from cinecote_train.dataset import Films
from cinecote_train.duplicates import StoredFilm, one_row_a_film

_PAGE = 10_000
_COLUMNS = [films.c[name] for name in StoredFilm.__dataclass_fields__]


def read_films(engine: Engine, labels: LabelSettings, model: FilmModel = AFTER_RELEASE) -> Films:
    """Every released film with a rating and enough votes, once, in an order that depends on the films alone."""
    if labels.threshold_moyen >= labels.threshold_bien:
        raise UsageError("CINECOTE_THRESHOLD_MOYEN must be lower than CINECOTE_THRESHOLD_BIEN")
    counted = list(one_row_a_film(_stored(engine, labels.minimum_votes)))
    if not counted:
        raise CommandError(
            f"the database holds no rated film with {labels.minimum_votes} votes; type cinecote-collect sample"
        )
    thresholds = Thresholds(labels.threshold_moyen, labels.threshold_bien)
    rows = [film for _, film in counted]
    return Films(
        inputs=np.array([[_value(film, each) for each in model.inputs] for film in rows], dtype=np.float64),
        categories=np.array([CATEGORIES.index(thresholds.category(film.vote_average)) for film in rows]),
        release_dates=np.array([film.release_date for film in rows], dtype="datetime64[D]"),
        identities=np.array([identity for identity, _ in counted]),
        sources=np.array([film.source for film in rows]),
        vote_maps=np.array([film.vote_map or "none" for film in rows]),
        votes=np.array([film.vote_count for film in rows], dtype=np.int64),
        model=model,
    )


def _value(film: StoredFilm, wanted: Input) -> float | None:
    """As the api would read it: what lies outside the input's range is unknown."""
    if wanted != RELEASE_YEAR:
        value: float | None = getattr(film, wanted.name)
        return value
    year = film.release_date.year if film.release_date else None
    return year if year is not None and wanted.minimum <= year <= wanted.maximum else None


def _stored(engine: Engine, minimum_votes: int) -> Iterator[StoredFilm]:
    """Page by page, so that neither a statement nor its answer grows with the table."""
    wanted = select(films.c.id, *_COLUMNS).where(
        films.c.status == RELEASED,
        films.c.vote_average.is_not(None),
        films.c.vote_count >= minimum_votes,
    )
    last = 0
    with engine.connect() as connection:
        while True:
            page = connection.execute(wanted.where(films.c.id > last).order_by(films.c.id).limit(_PAGE)).all()
            if not page:
                return
            yield from (StoredFilm(*row[1:]) for row in page)
            last = page[-1].id
