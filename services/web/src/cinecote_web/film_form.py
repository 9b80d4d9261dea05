"""The form: what was typed in it, what that means, and what is wrong with it."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cinecote.features import UNKNOWN_MONEY_BELOW, Input, InputFault
from cinecote_web.api_answers import FilmRecord
from cinecote_web.moments import DEFAULT_WHEN, MODEL_AT, When, address_of
from cinecote_web.numbers import NotANumber, Notation, plain_text, read_count, read_dollars, read_minutes

Reader = Callable[[str, Notation], Decimal | None]
_READERS: Mapping[str, Reader] = {
    "dollars": read_dollars,
    "minutes": read_minutes,
    "votes": read_count,
    "year": read_count,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: a message of the section `fault`, the `limit` that was passed, or the api's `detail`."""

    message: str
    limit: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One input as typed, and its value: None where it is empty or at fault."""

    input: Input
    typed: str = ""
    value: float | None = None
    fault: Fault | None = None

    @property
    def known(self) -> bool:
        return self.value is not None and not math.isnan(self.input.read(self.value))


@dataclass(frozen=True, slots=True)
class FilmForm:
    """The fields of that moment in their order; `fault` is the whole form's own. Not `submitted`: nothing was asked."""

    fields: tuple[Field, ...]
    submitted: bool
    fault: Fault | None = None
    when: When = DEFAULT_WHEN

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(field.input for field in self.fields)

    @property
    def at_fault(self) -> bool:
        return self.fault is not None or any(field.fault for field in self.fields)

    @property
    def values(self) -> dict[str, float | None]:
        return {field.input.name: field.value for field in self.fields}

    @property
    def given(self) -> dict[str, float]:
        return {field.input.name: field.value for field in self.fields if field.value is not None}

    @property
    def plain_values(self) -> dict[str, str]:
        """The fields that were read, in digits that every language reads alike."""
        return {name: plain_text(value) for name, value in self.given.items()}

    @property
    def moment(self) -> dict[str, str]:
        """What an address holds for the moment alone."""
        return address_of(self.when)

    @property
    def address(self) -> dict[str, str]:
        """What the page's address holds for the same form: the moment, and what was read."""
        return {**self.moment, **self.plain_values}

    def changed(self, name: str, value: float) -> dict[str, str]:
        """`address` with another value of one input."""
        return {**self.address, name: plain_text(value)}

    def filled_by(self, film: FilmRecord) -> dict[str, Any]:
        """The address of this form with the film's figures, and with its id."""
        return {"film": film.id, **self.moment, **film.figures(self.inputs)}

    def at(self, when: When) -> dict[str, str]:
        """The address of the form of that moment, with what both ask for."""
        both = {wanted.name for wanted in MODEL_AT[when].inputs}
        return {**address_of(when), **{name: value for name, value in self.plain_values.items() if name in both}}

    def refused(self, faults: Iterable[InputFault]) -> "FilmForm":
        """This form with the faults that the api found, each at its field or else at the form."""
        by_name = {fault.pointer.removeprefix("/"): Fault("refused", detail=fault.detail) for fault in faults}
        fields = tuple(replace(field, fault=by_name.pop(field.input.name, field.fault)) for field in self.fields)
        others = list(by_name.values())
        if others or not any(field.fault for field in fields):
            return replace(self, fields=fields, fault=others[0] if others else Fault("refused_whole"))
        return replace(self, fields=fields)


def read_form(typed: Mapping[str, str], notation: Notation, when: When = DEFAULT_WHEN) -> FilmForm:
    """The form of that moment as `typed`, with every fault that can be told without asking the api."""
    model = MODEL_AT[when]
    fields = tuple(_read_field(wanted, typed.get(wanted.name, ""), notation) for wanted in model.inputs)
    submitted = any(wanted.name in typed for wanted in model.inputs)
    form = FilmForm(fields, submitted, when=when)
    if submitted and not form.at_fault and not any(field.known for field in fields if field.input in model.required):
        return replace(form, fault=_nothing_known(form))
    return form


def _nothing_known(form: FilmForm) -> Fault:
    required = {wanted.name for wanted in MODEL_AT[form.when].required}
    if required & form.given.keys():
        return Fault("all_unknown", limit=UNKNOWN_MONEY_BELOW)
    return Fault("nothing_known" if form.when == DEFAULT_WHEN else "nothing_known_before")


def _read_field(wanted: Input, typed: str, notation: Notation) -> Field:
    typed = typed.strip()
    try:
        number = _READERS[wanted.unit](typed, notation)
    except NotANumber:
        return Field(wanted, typed, fault=Fault(f"not_{wanted.unit}"))
    if number is None:
        return Field(wanted, typed)
    if number < Decimal(wanted.minimum):
        return Field(wanted, typed, fault=Fault("too_small", limit=wanted.minimum))
    if number > Decimal(wanted.maximum):
        return Field(wanted, typed, fault=Fault("too_large", limit=wanted.maximum))
    return Field(wanted, typed, int(number) if number == int(number) else float(number))
