"""A graph under construction: nodes and constants with names that depend on nothing but their order."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

from cinecote.films import CATEGORIES
from cinecote.registry import GRAPH_INPUT, GRAPH_OUTPUT

ML = "ai.onnx.ml"
_OPSET = 21
_ML_OPSET = 3
_IR_VERSION = 10


class Graph:
    """Nodes in the order they are added; values are known by the names that `add` and `constant` give back.

    `inputs` is how many a film has.
    """

    def __init__(self, inputs: int) -> None:
        self._inputs = inputs
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output; the output's name."""
        output = f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, values: ArrayLike, kind: type[np.generic] = np.float64) -> str:
        """Add a constant of type `kind`, double unless said otherwise; its name."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name

    def columns(self, value: str, which: ArrayLike) -> str:
        """Columns of a [n, m] value, by their indices."""
        return self.add("Gather", value, self.constant(which, np.int64), axis=1)

    def to_double(self, value: str) -> str:
        return self.add("Cast", value, to=TensorProto.DOUBLE)

    def finish(self, probabilities: str) -> bytes:
        """The serialised model whose output is `probabilities`, checked; the same bytes for the same nodes."""
        self._nodes.append(helper.make_node("Identity", [probabilities], [GRAPH_OUTPUT]))
        graph = helper.make_graph(
            self._nodes,
            "film_category",
            [helper.make_tensor_value_info(GRAPH_INPUT, TensorProto.DOUBLE, ["n", self._inputs])],
            [helper.make_tensor_value_info(GRAPH_OUTPUT, TensorProto.DOUBLE, ["n", len(CATEGORIES)])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(ML, _ML_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="cinecote")
        onnx.checker.check_model(model, full_check=True)
        serialised: bytes = model.SerializeToString(deterministic=True)
        return serialised
