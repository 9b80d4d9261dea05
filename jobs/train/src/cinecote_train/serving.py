"""The graph as the api runs it: ONNX Runtime, one thread."""

import time

import numpy as np
import onnxruntime

from cinecote.registry import GRAPH_INPUT, GRAPH_OUTPUT, BrokenModel
from cinecote_train.arrays import Floats

_ROWS_AT_ONCE = 10_000
_TIMED_PREDICTIONS = 300


class ServedGraph:
    """Answers films, [n, inputs] with NaN for unknown, as the served model will; BrokenModel for what is no graph.

    A copy in another process is loaded anew.
    """

    def __init__(self, graph: bytes) -> None:
        self._graph = graph
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own kinds share no narrower base.
            raise BrokenModel(f"ONNX Runtime can't load the graph: {error}") from None

    def __reduce__(self) -> tuple[type["ServedGraph"], tuple[bytes]]:
        return ServedGraph, (self._graph,)

    def probabilities(self, inputs: Floats) -> Floats:
        """[n, categories], in batches of bounded memory."""
        parts = [
            self._session.run([GRAPH_OUTPUT], {GRAPH_INPUT: inputs[first : first + _ROWS_AT_ONCE]})[0]
            for first in range(0, len(inputs), _ROWS_AT_ONCE)
        ]
        return np.concatenate(parts)

    def seconds_a_prediction(self, film: Floats) -> float:
        """The median time to answer one film, [1, inputs]."""
        taken = []
        for _ in range(_TIMED_PREDICTIONS):
            started = time.perf_counter()
            self._session.run([GRAPH_OUTPUT], {GRAPH_INPUT: film})
            taken.append(time.perf_counter() - started)
        return float(np.median(taken))
