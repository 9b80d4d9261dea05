"""Which films are looked for, as the address of `/films` says it."""

from collections.abc import Mapping
from dataclasses import dataclass

SORTS = ("title", "release_date", "vote_average", "vote_count", "revenue", "budget", "runtime")
"""The columns that films can be put in the order of."""

FILTERS = ("search", "category", "year_min", "year_max", "known", "source")
DEFAULT_SORT = "-vote_count"
LONGEST_SEARCH = 200
_FALLING_FIRST = {"vote_average", "vote_count", "revenue", "budget", "runtime", "release_date"}


@dataclass(frozen=True, slots=True)
class FilmSearch:
    """The filters that aren't empty, the order, and the cursor of the page."""

    filters: Mapping[str, str]
    sort: str
    cursor: str

    @property
    def too_long(self) -> bool:
        return len(self.filters.get("search", "")) > LONGEST_SEARCH

    @property
    def params(self) -> dict[str, str]:
        """What the api is asked for."""
        return {**self.filters, "sort": self.sort, "cursor": self.cursor, "count": "" if self.cursor else "true"}

    @property
    def address(self) -> dict[str, str]:
        """What the page's address holds, but for the cursor."""
        return {**self.filters, **({} if self.sort == DEFAULT_SORT else {"sort": self.sort})}

    def sorted_by(self, column: str) -> dict[str, str]:
        """The same address in the order of `column`, the other way round where it is in its order already."""
        falling = self.direction(column) == "ascending" if self.direction(column) else column in _FALLING_FIRST
        return {**self.filters, "sort": f"-{column}" if falling else column}

    def direction(self, column: str) -> str | None:
        """`ascending` or `descending` where the films are in the order of `column`."""
        if self.sort.removeprefix("-") != column:
            return None
        return "descending" if self.sort.startswith("-") else "ascending"


def read_search(args: Mapping[str, str]) -> FilmSearch:
    """The search in an address; the api judges it."""
    filters = {name: args[name].strip() for name in FILTERS if args.get(name, "").strip()}
    return FilmSearch(filters, args.get("sort", "") or DEFAULT_SORT, args.get("cursor", ""))
