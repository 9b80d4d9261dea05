"""The body of an inference request: its structure; what its tensors hold is for tensors.py to say."""

from typing import Annotated

import msgspec
from msgspec import DecodeError, Meta, Raw, Struct, ValidationError

from cinecote_api.open_inference.models import OUTPUTS
from cinecote_api.predictions.json_body import MOST_VALUES, check_utf8, malformed
from cinecote_api.problems.problems import INVALID_INPUT, TOO_LARGE, UNUSABLE_TENSORS, Problem

LONGEST_ID = 128
NO_BINARY = "binary tensors are an extension that is not offered here; send `data` as JSON"

_Parameters = dict[str, Raw] | None


class InputTensor(Struct):
    """A tensor as it was sent; `data` is still JSON."""

    name: str
    shape: list[Annotated[int, Meta(ge=0)]]
    datatype: str
    # Without a default, a tensor in binary would be told that its data are missing, and not why.
    data: Raw = Raw()
    parameters: _Parameters = None


class RequestedOutput(Struct):
    name: str
    parameters: _Parameters = None


class InferenceRequest(Struct):
    """The protocol's members; others are passed over, as its schemas allow them."""

    inputs: list[InputTensor]
    id: Annotated[str, Meta(max_length=LONGEST_ID)] | None = None
    parameters: _Parameters = None
    outputs: list[RequestedOutput] | None = None


_request = msgspec.json.Decoder(InferenceRequest)
_anything = msgspec.json.Decoder(Raw)


def parse_inference(body: bytes) -> InferenceRequest:
    """The request in `body`; Problem 400 where that is no JSON, 413 or 422 where it is another thing, or binary."""
    if body.count(b",") > MOST_VALUES:
        raise Problem(TOO_LARGE, "the body has more values than the largest tensor has")
    try:
        check_utf8(body)
        request = _decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed() from None
    if _asks_for_binary(request):
        raise Problem(UNUSABLE_TENSORS, NO_BINARY)
    if not all(tensor.data for tensor in request.inputs):
        raise Problem(INVALID_INPUT, "not an inference request: a tensor has no `data`")
    return request


def wanted_outputs(request: InferenceRequest) -> list[str]:
    """The names of the outputs to answer, in the order asked for; Problem 400 for one that the model doesn't have."""
    if not request.outputs:
        return list(OUTPUTS)
    names = [output.name for output in request.outputs]
    # Each once: or a small request could ask for any number of copies of a large tensor.
    if len(set(names)) < len(names) or not set(names) <= set(OUTPUTS):
        raise Problem(UNUSABLE_TENSORS, f"the outputs are {' and '.join(OUTPUTS)}; ask for each once at most")
    return names


def _decode(body: bytes) -> InferenceRequest:
    try:
        return _request.decode(body)
    except ValidationError as fault:
        # Raised at the first value of a wrong kind; what follows it may be no JSON at all.
        _anything.decode(body)
        # msgspec's messages name kinds and places, never a value.
        raise Problem(INVALID_INPUT, f"not an inference request: {fault}") from None


def _asks_for_binary(request: InferenceRequest) -> bool:
    told = [tensor.parameters or {} for tensor in (*request.inputs, *(request.outputs or ()))]
    return any("binary_data_size" in parameters or _is_true(parameters, "binary_data") for parameters in told) or (
        _is_true(request.parameters or {}, "binary_data_output")
    )


def _is_true(parameters: dict[str, Raw], name: str) -> bool:
    return bytes(parameters.get(name, b"")) == b"true"
