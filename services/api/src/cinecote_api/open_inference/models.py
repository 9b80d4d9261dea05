"""The models that the protocol knows here, and how it describes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cinecote.features import INPUTS, Input
from cinecote.films import CATEGORIES
from cinecote.registry import BEFORE_RELEASE_NAME, GRAPH_INPUT, GRAPH_OUTPUT, MODEL_NAME
from cinecote_api.predictions.when import NEEDED_BEFORE, When
from cinecote_api.problems.problems import NOT_FOUND, Problem

DATATYPES = ("FP64", "FP32", "INT64")
"""What a tensor of inputs may hold."""

CATEGORY_OUTPUT = "category"
OUTPUTS = (CATEGORY_OUTPUT, GRAPH_OUTPUT)

_PLATFORM = "onnx_onnxv1"


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model by its name, `when` it is asked, and its inputs in the order of the tensor that holds them all."""

    name: str
    when: When
    inputs: tuple[Input, ...]

    @property
    def names(self) -> Sequence[str]:
        return [wanted.name for wanted in self.inputs]

    def metadata(self, versions: Sequence[str]) -> dict[str, Any]:
        """The protocol's description of the model, while these versions can be asked for."""
        return {
            "name": self.name,
            "versions": versions,
            "platform": _PLATFORM,
            "inputs": [_described(GRAPH_INPUT, "FP64", -1, len(self.inputs))],
            "outputs": [
                _described(CATEGORY_OUTPUT, "BYTES", -1),
                _described(GRAPH_OUTPUT, "FP64", -1, len(CATEGORIES)),
            ],
        }


MODELS = {
    model.name: model
    for model in (
        OpenModel(MODEL_NAME, "after", INPUTS),
        OpenModel(BEFORE_RELEASE_NAME, "before", NEEDED_BEFORE),
    )
}


def open_model(name: str) -> OpenModel:
    """The model of this name; Problem 404 where there is none."""
    try:
        return MODELS[name]
    except KeyError:
        raise Problem(NOT_FOUND, "there is no model of this name") from None


def _described(name: str, datatype: str, *shape: int) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape}
