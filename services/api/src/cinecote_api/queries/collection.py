"""Queries on what was collected, and from where."""

from typing import Any

from sqlalchemy import Select, func, select

from cinecote.settings import LabelSettings
from cinecote.tables import films, job_runs, rejections
from cinecote_api.films.filters import aside
from cinecote_api.queries.columns import FILMS, categorised, category, category_order
from cinecote_api.queries.query import Query, Values, rows


def _categories_by_source(labels: LabelSettings, _values: Values) -> Select[Any]:
    named = category(labels).label("category")
    source = aside(films.c.source).label("source")
    counted: Select[Any] = select(source, named, FILMS.label("films"))
    counted = counted.where(*categorised(labels)).group_by(source, named)
    return counted.order_by(source, category_order(labels))


def _unknown_by_source(_labels: LabelSettings, _values: Values) -> Select[Any]:
    inputs = ("revenue", "budget", "vote_count", "runtime", "release_date")
    unknown = ((FILMS - func.count(films.c[name])).label(f"without_{name}") for name in inputs)
    # The index of the sources would have each film's row read; one that has all the inputs is read instead.
    source = aside(films.c.source).label("source")
    counted: Select[Any] = select(source, FILMS.label("films"), *unknown)
    counted = counted.with_hint(films, "FORCE INDEX (ix_films_by_vote_count)", "mysql")
    return counted.group_by(source).order_by(source)


def _newest(_labels: LabelSettings, _values: Values) -> Select[Any]:
    said = (films.c[name] for name in ("id", "title", "release_date", "source", "fetched_at"))
    return select(*said).order_by(films.c.id.desc())


def _runs(_labels: LabelSettings, _values: Values) -> Select[Any]:
    said = (job_runs.c[name] for name in ("id", "job", "status", "started_at", "finished_at"))
    return select(*said).order_by(job_runs.c.id.desc())


def _rejections(_labels: LabelSettings, _values: Values) -> Select[Any]:
    by = rejections.c.source, rejections.c.rule, rejections.c.field
    rejected, last = func.count().label("rejected"), func.max(rejections.c.rejected_at).label("last_rejected_at")
    return select(*by, rejected, last).group_by(*by).order_by(rejected.desc(), *by)


COLLECTION_QUERIES = (
    Query("categories-by-source", "Films by source and category", _categories_by_source),
    Query("unknown-inputs-by-source", "How many films of each source lack an input", _unknown_by_source),
    Query("newest-films", "The films that were stored last", _newest, (rows(),)),
    Query("job-runs", "The jobs' last runs", _runs, (rows(),)),
    Query("rejections-by-rule", "What was refused, by source and rule", _rejections),
)
