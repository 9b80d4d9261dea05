"""Tensors of inputs into films."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import ValidationError

from cinecote.features import ACCEPTED, InputFault, InvalidFilm
from cinecote.registry import GRAPH_INPUT
from cinecote_api.models.graph import Matrix
from cinecote_api.open_inference.inference_request import InputTensor
from cinecote_api.open_inference.models import DATATYPES, OpenModel
from cinecote_api.predictions.json_body import MOST_FILMS
from cinecote_api.predictions.when import read_film_at
from cinecote_api.problems.problems import INVALID_INPUT, TOO_LARGE, UNUSABLE_TENSORS, Problem

Value = int | float | None

_PROTOCOLS_DATATYPES = frozenset(
    ("BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES")
)
_LARGEST_FP32 = float(np.finfo(np.float32).max)

_flat = msgspec.json.Decoder(list[Value])
_nested = msgspec.json.Decoder(list[list[Value]])


def read_films(model: OpenModel, tensors: Sequence[InputTensor]) -> Matrix:
    """The films [n, 5] in the order of ACCEPTED, NaN unknown; Problem 400, 413 or 422 where a row can't be used."""
    films = [_read(model, index, row) for index, row in enumerate(_rows(model, tensors))]
    return np.array(films, dtype=np.float64).reshape(-1, len(ACCEPTED))


def _read(model: OpenModel, index: int, row: Sequence[Value]) -> list[float]:
    try:
        return list(read_film_at(model.when, dict(zip(model.names, row, strict=True))).values())
    except InvalidFilm as invalid:
        raise Problem(INVALID_INPUT, _told(index, invalid.faults[0])) from None


def _told(index: int, fault: InputFault) -> str:
    name = fault.pointer.removeprefix("/")
    return f"row {index}{f', {name}' if name else ''}: {fault.detail} (rows are counted from 0)"


def _rows(model: OpenModel, tensors: Sequence[InputTensor]) -> list[Sequence[Value]]:
    by_name = {tensor.name: tensor for tensor in tensors}
    if len(by_name) == len(tensors):
        if by_name.keys() == {GRAPH_INPUT}:
            return _matrix(by_name[GRAPH_INPUT], len(model.inputs))
        if by_name.keys() == set(model.names):
            return _columns([by_name[name] for name in model.names])
    raise Problem(UNUSABLE_TENSORS, f"send one tensor, {GRAPH_INPUT}, or one each of {', '.join(model.names)}")


def _matrix(tensor: InputTensor, width: int) -> list[Sequence[Value]]:
    if len(tensor.shape) != 2 or tensor.shape[1] != width:
        raise Problem(UNUSABLE_TENSORS, f"the shape of {tensor.name} must be [n, {width}]")
    values = _values(tensor)
    return [values[first : first + width] for first in range(0, len(values), width)]


def _columns(tensors: Sequence[InputTensor]) -> list[Sequence[Value]]:
    count = tensors[0].shape[:1]
    for tensor in tensors:
        if not count or tensor.shape not in (count, [*count, 1]):
            raise Problem(UNUSABLE_TENSORS, "the shape of each tensor must be [n] or [n, 1], with the same n")
    return list(zip(*map(_values, tensors), strict=True))


def _values(tensor: InputTensor) -> list[Value]:
    """The elements in row-major order, as many as the shape says and as the datatype holds them."""
    if tensor.shape[0] > MOST_FILMS:
        raise Problem(TOO_LARGE, f"a request may have {MOST_FILMS} rows at most")
    _check_datatype(tensor)
    values = _decode(tensor)
    if tensor.datatype == "INT64" and any(isinstance(value, float) and not value.is_integer() for value in values):
        raise Problem(INVALID_INPUT, f"the data of {tensor.name} are INT64, but not all are whole numbers")
    return list(map(_rounded, values)) if tensor.datatype == "FP32" else values


def _check_datatype(tensor: InputTensor) -> None:
    if tensor.datatype in DATATYPES:
        return
    kind = UNUSABLE_TENSORS if tensor.datatype in _PROTOCOLS_DATATYPES else INVALID_INPUT
    raise Problem(kind, f"the datatype of {tensor.name} must be one of {', '.join(DATATYPES)}")


def _decode(tensor: InputTensor) -> list[Value]:
    try:
        values = _flat.decode(tensor.data)
    except ValidationError:
        values = _flattened(tensor)
    if len(values) != math.prod(tensor.shape):
        raise _misshapen(tensor)
    return values


def _flattened(tensor: InputTensor) -> list[Value]:
    try:
        rows = _nested.decode(tensor.data)
    except ValidationError:
        raise Problem(
            INVALID_INPUT,
            f"the data of {tensor.name} must be a list of numbers and nulls, flat or of the tensor's shape",
        ) from None
    if len(tensor.shape) != 2 or any(len(row) != tensor.shape[1] for row in rows):
        raise _misshapen(tensor)
    return [value for row in rows for value in row]


def _misshapen(tensor: InputTensor) -> Problem:
    return Problem(UNUSABLE_TENSORS, f"the data of {tensor.name} are not of the shape that it says")


def _rounded(value: Value) -> Value:
    # What FP32 can't hold is beyond every input's range, and is told so as any number that is.
    if value is None or abs(value) > _LARGEST_FP32:
        return value
    return float(np.float32(value))
