"""A named query, and the values of its parameters."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from cinecote.settings import LabelSettings

Values = Mapping[str, Any]

MOST_ROWS = 1_000
ROWS = "rows"
"""The parameter that says how many rows are wanted, of a query that has it."""

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a query takes; `type` is JSON schema's, integer or number."""

    name: str
    default: float
    minimum: float
    maximum: float
    type: str = "integer"

    def read(self, text: str) -> float:
        """The value that `text` says; ValueError says what is wrong with it, without repeating it."""
        whole = self.type == "integer"
        if not (_WHOLE_NUMBER if whole else _NUMBER).fullmatch(text):
            raise ValueError("must be a whole number" if whole else "must be a number")
        value = int(text) if whole else float(text)
        if value < self.minimum:
            raise ValueError(f"must be at least {self.minimum:.12g}")
        if value > self.maximum:
            raise ValueError(f"must be at most {self.maximum:.12g}")
        return value


@dataclass(frozen=True, slots=True)
class Query:
    """`statement` gives the SQL for the labels and the values of all parameters."""

    name: str
    title: str
    statement: Callable[[LabelSettings, Values], Select[Any]]
    parameters: tuple[Parameter, ...] = ()

    def rows_wanted(self, values: Values) -> int:
        """How many rows are answered at most."""
        return int(values.get(ROWS, MOST_ROWS))


def rows(default: int = 100) -> Parameter:
    return Parameter(ROWS, default, 1, MOST_ROWS)


def years(first: int = 1888, last: int = 2100) -> tuple[Parameter, Parameter]:
    """The years that a query keeps to."""
    return Parameter("year_min", first, 1888, 2100), Parameter("year_max", last, 1888, 2100)


def minimum_votes(default: int) -> Parameter:
    return Parameter("minimum_votes", default, 0, 100_000_000)
