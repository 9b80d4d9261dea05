"""The model's graph, run by ONNX Runtime."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cinecote.films import CATEGORIES
from cinecote.registry import GRAPH_INPUT, GRAPH_OUTPUT, BrokenModel

Matrix = NDArray[np.float64]


class Graph:
    """A graph that answers `rows` of inputs (FP64 [n, width], NaN unknown) with probabilities (FP64 [n, 3])."""

    def __init__(self, path: Path, width: int) -> None:
        """Load and check the graph's shapes and types; BrokenModel where it can't be loaded or used."""
        try:
            self._session = _open(path)
        except Exception as fault:  # whatever the runtime's native code finds wrong with a file
            raise BrokenModel(f"the graph can't be loaded: {type(fault).__name__}") from fault
        self._check(width)
        self._one = _OneRow(self._session, width)

    def run(self, rows: Matrix) -> Matrix:
        answer: Matrix = self._session.run([GRAPH_OUTPUT], {GRAPH_INPUT: rows})[0]
        return answer

    def run_one(self, row: Sequence[float]) -> list[float]:
        """The same for one row, for two thirds of the time."""
        return self._one.run(row)

    def _check(self, width: int) -> None:
        inputs = [(port.name, port.type, port.shape[1:]) for port in self._session.get_inputs()]
        if inputs != [(GRAPH_INPUT, "tensor(double)", [width])]:
            raise BrokenModel(f"the graph's input is not {GRAPH_INPUT}, FP64 [n, {width}]")
        outputs = {port.name: (port.type, port.shape[1:]) for port in self._session.get_outputs()}
        if outputs.get(GRAPH_OUTPUT) != ("tensor(double)", [len(CATEGORIES)]):
            raise BrokenModel(f"the graph's output is not {GRAPH_OUTPUT}, FP64 [n, {len(CATEGORIES)}]")


class _OneRow:
    """The graph between two places in memory: no array is made, checked or thrown away for a row."""

    def __init__(self, session: Any, width: int) -> None:
        self._session = session
        self._row = np.empty((1, width))
        self._answer = np.empty((1, len(CATEGORIES)))
        self._lock = Lock()
        self._binding = session.io_binding()
        for bind, name, place in (
            (self._binding.bind_input, GRAPH_INPUT, self._row),
            (self._binding.bind_output, GRAPH_OUTPUT, self._answer),
        ):
            bind(name, "cpu", 0, np.float64, place.shape, place.ctypes.data)

    def run(self, row: Sequence[float]) -> list[float]:
        with self._lock:
            self._row[0] = row
            self._session.run_with_iobinding(self._binding)
            answer: list[float] = self._answer[0].tolist()
            return answer


def _open(path: Path) -> Any:
    # Read at import: from release 1.29 on, the runtime's wheels report on their use unless told not to.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Threads of the runtime's own cost more than a row does, and batches share the cores with the other requests.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
