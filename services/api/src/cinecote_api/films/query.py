"""The parameters of a film search."""

import hashlib
import re
from typing import Annotated, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from cinecote.features import ACCEPTED
from cinecote.films import Category
from cinecote_api.problems.parameter_wording import WORDED

SORTS = ("title", "release_date", "vote_average", "vote_count", "revenue", "budget", "runtime")
LARGEST_PAGE = 200
LONGEST_CURSOR = 4096

_INPUTS = tuple(accepted.name for accepted in ACCEPTED)
_INPUT = "|".join(_INPUTS)
_KNOWN = f"^({_INPUT})(,({_INPUT}))*$"
_SORT = f"^-?({'|'.join(SORTS)})$"
_Year = Annotated[int, Field(ge=1, le=9998)]


def _inputs(text: str) -> str:
    return _matching(text, _KNOWN, f"must be one or more of {', '.join(_INPUTS)}, with commas between")


def _order(text: str) -> str:
    return _matching(text, _SORT, f"must be one of {', '.join(SORTS)}, or one with - before it")


def _matching(text: str, pattern: str, fault: str) -> str:
    if not re.fullmatch(pattern, text):
        raise PydanticCustomError(WORDED, fault)
    return text


class FilmQuery(BaseModel):
    """Which films, in which order, and from where on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: str = Field("", max_length=200, description="Each word begins a word of the title.", examples=["amel"])
    category: Category | None = Field(None, description=f"One of {', '.join(get_args(Category))}.")
    year_min: _Year | None = Field(None, description="Released in this year or later.")
    year_max: _Year | None = Field(None, description="Released in this year or earlier.")
    known: Annotated[str, AfterValidator(_inputs)] | None = Field(
        None,
        json_schema_extra={"pattern": _KNOWN},
        description="Inputs that must be known, with commas.",
        examples=["revenue,runtime"],
    )
    source: str | None = Field(None, max_length=32)
    sort: Annotated[str, AfterValidator(_order)] = Field(
        "-vote_count",
        json_schema_extra={"pattern": _SORT},
        description="With `-` for falling. Unknown values come last either way, ties by rising id.",
    )
    limit: int = Field(50, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(
        None, max_length=LONGEST_CURSOR, description="`next` of the page before, with the same other parameters."
    )
    count: bool = Field(False, description="Count the films, up to 10,000.")

    @property
    def sort_name(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def known_inputs(self) -> list[str]:
        return re.findall(r"\w+", self.known or "")

    def digest(self) -> str:
        """What a cursor belongs to: equal for queries that select and order the same films."""
        said = self.model_dump_json(exclude={"limit", "cursor", "count"})
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
