"""The parameters of a film search."""

import hashlib
import re
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field

from cinecote.features import ACCEPTED
from cinecote.films import Category

SORTS = ("title", "release_date", "vote_average", "vote_count", "revenue", "budget", "runtime")
LARGEST_PAGE = 200
LONGEST_CURSOR = 4096

_INPUT = "|".join(accepted.name for accepted in ACCEPTED)
_Year = Annotated[int, Field(ge=1, le=9998)]


class FilmQuery(BaseModel):
    """Which films, in which order, and from where on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: str = Field("", max_length=200, description="Each word begins a word of the title.", examples=["amel"])
    category: Category | None = Field(None, description=f"One of {', '.join(get_args(Category))}.")
    year_min: _Year | None = Field(None, description="Released in this year or later.")
    year_max: _Year | None = Field(None, description="Released in this year or earlier.")
    known: str | None = Field(
        None,
        pattern=f"^({_INPUT})(,({_INPUT}))*$",
        description="Inputs that must be known, with commas.",
        examples=["revenue,runtime"],
    )
    source: str | None = Field(None, max_length=32)
    sort: str = Field(
        "-vote_count",
        pattern=f"^-?({'|'.join(SORTS)})$",
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
