"""The protocol's shapes, for the documentation; nothing is checked against them on the way."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from cinecote_api.open_inference.inference_request import LONGEST_ID
from cinecote_api.open_inference.models import DATATYPES, MODELS, OUTPUTS
from cinecote_api.predictions.json_body import MOST_FILMS

_PARAMETERS = {"type": ["object", "null"]}

INFERENCE_REQUEST: dict[str, Any] = {
    "type": "object",
    "description": "One tensor of all inputs [n, inputs], or a tensor [n] or [n, 1] for each; "
    f"n is {MOST_FILMS} at most. One row that can't be used refuses the request.",
    "required": ["inputs"],
    "properties": {
        "id": {"type": ["string", "null"], "maxLength": LONGEST_ID},
        "parameters": _PARAMETERS,
        "inputs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "shape", "datatype", "data"],
                "properties": {
                    "name": {"type": "string"},
                    "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                    "datatype": {"type": "string", "enum": DATATYPES},
                    "parameters": _PARAMETERS,
                    "data": {"type": "array", "description": "Numbers, null where unknown; flat, or lists of rows."},
                },
            },
        },
        "outputs": {
            "type": ["array", "null"],
            "description": "None: all of them.",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "enum": OUTPUTS}, "parameters": _PARAMETERS},
            },
        },
    },
    "examples": [
        {"inputs": [{"name": "films", "shape": [1, 4], "datatype": "FP64", "data": [150e6, 30e6, 5200, 121]}]},
    ],
}

MODEL_PARAMETER = {"name": "model", "in": "path", "required": True, "schema": {"type": "string", "enum": [*MODELS]}}
VERSION_PARAMETER = {"name": "version", "in": "path", "required": True, "schema": {"type": "string"}}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProtocolError(_Shape):
    error: str


class ServerMetadata(_Shape):
    name: str
    version: str
    extensions: list[str]


class ServerLive(_Shape):
    live: bool


class ServerReady(ServerLive):
    ready: bool


class ModelReady(_Shape):
    name: str
    ready: bool


class TensorMetadata(_Shape):
    """-1 is a size that varies."""

    name: str
    datatype: str
    shape: list[int]


class ModelMetadata(_Shape):
    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


class OutputTensor(TensorMetadata):
    """`data` is flat, row by row."""

    data: list[str] | list[float]


class InferenceAnswer(_Shape):
    model_name: str
    model_version: str
    id: str | None = None
    outputs: list[OutputTensor]
