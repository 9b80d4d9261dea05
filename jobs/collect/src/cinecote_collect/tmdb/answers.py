"""TMDB's answers, checked before anything is believed; what a film's facts may be is the cleaning rules' business."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cinecote_collect.rows import RawRow

PAGE_ROWS = 20
LAST_PAGE = 500
_SHOWN = 200
LONGEST_ROW = 2_000
"""Characters that are kept of a row that can't be read."""

FilmId = Annotated[int, Field(ge=1, lt=1 << 31)]


class UnusableAnswer(Exception):
    """An answer that is none: worth asking again."""


class AbsurdAnswer(UnusableAnswer):
    """The answer to what was asked, with facts that can't be."""


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class Genre(_Answer):
    name: str


class Details(_Answer):
    """What `/movie/{id}` tells of a film."""

    id: FilmId
    title: str
    release_date: str | None = None
    budget: int
    revenue: int
    runtime: int | None = None
    vote_count: int
    vote_average: float
    genres: list[Genre]
    status: str
    adult: bool
    video: bool
    original_language: str

    def row(self) -> RawRow:
        """As cleaning takes it; its line is the film's number."""
        genres = json.dumps([{"name": genre.name} for genre in self.genres], ensure_ascii=False) if self.genres else ""
        runtime = "" if self.runtime is None else str(self.runtime)
        fields = (
            self.title, self.release_date or "", str(self.budget), str(self.revenue), runtime, str(self.vote_count),
            str(self.vote_average), genres, self.status, str(self.adult), str(self.id),
        )  # fmt: skip
        return RawRow(self.id, fields)


class _Named(_Answer):
    id: FilmId


class Listed(_Answer):
    """A film of a list; of changed films TMDB doesn't always say whether they are adult ones."""

    id: FilmId
    adult: bool | None = None


class Exported(Listed):
    """A film of the daily file of ids."""

    video: bool | None = None


class _Envelope(_Answer):
    page: int = Field(ge=1)
    results: list[Any]
    total_pages: int = Field(ge=0)
    total_results: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `total_pages` may be more than can be asked for; `unreadable` rows are as they came."""

    films: list[Listed]
    unreadable: list[str]
    total_pages: int
    total_results: int


class Complaint(_Answer):
    """What stands in the place of an answer."""

    status_code: int
    status_message: str


Answer = TypeVar("Answer", bound=_Answer)


def read(kind: type[Answer], body: bytes) -> Answer:
    """`body` as a `kind`; UnusableAnswer says what is wrong with it, in few words."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise UnusableAnswer(f"{where}: {fault['msg']}"[:_SHOWN] if where else fault["msg"][:_SHOWN]) from None


def read_details(film_id: int, body: bytes) -> Details:
    """The details of film `film_id`."""
    answered = read(_Named, body).id
    if answered != film_id:
        raise UnusableAnswer(f"film {film_id} was asked for, and {answered} was answered")
    try:
        return read(Details, body)
    except UnusableAnswer as fault:
        raise AbsurdAnswer(str(fault)) from None


def read_page(number: int, body: bytes) -> Page:
    """Page `number` of a list."""
    page = read(_Envelope, body)
    if page.page != number or (number < page.total_pages and not page.results):
        raise UnusableAnswer(f"page {number} was asked for, and {page.page} was answered")
    films, unreadable = [], []
    for row in page.results:
        try:
            films.append(Listed.model_validate(row))
        except ValidationError:
            unreadable.append(json.dumps(row)[:LONGEST_ROW])
    return Page(films, unreadable, page.total_pages, page.total_results)
