"""The Open Inference Protocol here and in MLServer: the statuses of docs/adr/0011, and the same probabilities.

python -m benchmarks.open_inference
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import uvloop

from benchmarks.serving.models import Model, prepared
from benchmarks.serving.running import TOLERANCE, Running, running
from benchmarks.serving.servers import OURS, PEERS

MODEL = "/v2/models/film-category"
ROW = [150e6, 30e6, 5200, 121]

MLSERVER = next(peer for peer in PEERS if peer.name == "mlserver")
# What mlserver-sklearn calls its output.
_OUTPUTS = {OURS.name: "probabilities", MLSERVER.name: "predict_proba"}


@dataclass(frozen=True)
class Case:
    """A request, and the statuses that MLServer and ours answer; without a body it is a GET."""

    told: str
    mlserver: int
    ours: int
    body: Any = None
    path: str = f"{MODEL}/infer"


def _tensor(**members: Any) -> dict[str, Any]:
    return {"name": "films", "shape": [1, 4], "datatype": "FP64", "data": ROW} | members


def _with(**members: Any) -> dict[str, Any]:
    return {"inputs": [_tensor(**members)]}


def _without(name: str) -> dict[str, Any]:
    return {"inputs": [{member: value for member, value in _tensor().items() if member != name}]}


CASES = (
    Case("live", 200, 200, path="/v2/health/live"),
    Case("ready", 200, 200, path="/v2/health/ready"),
    Case("server", 200, 200, path="/v2"),
    Case("model", 200, 200, path=MODEL),
    Case("version", 200, 200, path=f"{MODEL}/versions/1"),
    Case("version ready", 200, 200, path=f"{MODEL}/versions/1/ready"),
    Case("version infers", 200, 200, _with(), f"{MODEL}/versions/1/infer"),
    Case("unknown model", 404, 404, path="/v2/models/other"),
    Case("unknown model ready", 404, 404, path="/v2/models/other/ready"),
    Case("unknown model infers", 404, 404, _with(), "/v2/models/other/infer"),
    Case("unknown version", 404, 404, path=f"{MODEL}/versions/9"),
    Case("unknown version infers", 404, 404, _with(), f"{MODEL}/versions/9/infer"),
    Case("another address", 404, 404, path="/v2/nothing"),
    Case("another method", 405, 405, path=f"{MODEL}/infer"),
    Case("one row", 200, 200, _with()),
    Case("nested", 200, 200, _with(data=[ROW])),
    Case("FP32", 200, 200, _with(datatype="FP32")),
    Case("INT64", 200, 200, _with(datatype="INT64", data=[9, 9, 9, 9])),
    Case("unknown members", 200, 200, _with() | {"other": 1}),
    Case("no outputs named", 200, 200, _with() | {"outputs": []}),
    Case("no JSON", 422, 400, b"{"),
    Case("NaN", 422, 400, b'{"inputs": [NaN]}'),
    Case("no object", 422, 422, [1]),
    Case("no inputs", 422, 422, {}),
    Case("inputs null", 422, 422, {"inputs": None}),
    Case("no name", 422, 422, _without("name")),
    Case("no shape", 422, 422, _without("shape")),
    Case("no datatype", 422, 422, _without("datatype")),
    Case("no data", 422, 422, _without("data")),
    Case("shape of words", 422, 422, _with(shape="x")),
    Case("shape with a fraction", 422, 422, _with(shape=[1.5, 4])),
    Case("id of digits", 422, 422, _with() | {"id": 42}),
    Case("parameters in a list", 422, 422, _with() | {"parameters": []}),
    Case("datatype of nobody", 422, 422, _with(datatype="FP65")),
    Case("inputs empty", 400, 400, {"inputs": []}),
    Case("two tensors", 400, 400, {"inputs": [_tensor(), _tensor(name="other")]}),
    Case("unknown output", 400, 400, _with() | {"outputs": [{"name": "other"}]}),
    Case("BYTES", 500, 400, _with(datatype="BYTES", data=["a"] * 4)),
    Case("BOOL", 200, 400, _with(datatype="BOOL", data=[True] * 4)),
    Case("another name", 200, 400, _with(name="other")),
    Case("wrong count", 500, 400, _with(shape=[2, 4])),
    Case("wrong width", 500, 400, _with(shape=[1, 3], data=ROW[:3])),
    Case("no batch dimension", 500, 400, _with(shape=[4])),
    Case("ragged", 500, 400, _with(shape=[2, 4], data=[ROW, ROW[:2]])),
    Case("negative dimension", 200, 422, _with(shape=[-1, 4])),
    Case("no rows", 500, 200, _with(shape=[0, 4], data=[])),
    Case("words", 500, 422, _with(data=["a"] * 4)),
    Case("data no list", 500, 422, _with(data=5)),
    Case("fraction in INT64", 200, 422, _with(datatype="INT64", data=[1.5, 2, 3, 4])),
    Case("null in data", 500, 200, _with(data=[None, 30e6, 5200, 121])),
    Case("binary size", 200, 400, _with(parameters={"binary_data_size": 32})),
    Case("unknown parameter", 200, 422, _with(), f"{MODEL}/infer?x=1"),
)  # fmt: skip


def main() -> None:
    model = prepared("linear")
    with running(MLSERVER, model) as theirs, running(OURS, model) as ours:
        for started in (theirs, ours):
            uvloop.run(started.first_answer())
        differences = [*_other_statuses(theirs, ours), *_other_probabilities(theirs, ours, model)]
    print(f"{len(CASES)} requests, {len(model.rows)} rows twice; MLServer: {MLSERVER.versions}")
    if differences:
        sys.exit("\n".join(differences))


def _other_statuses(theirs: Running, ours: Running) -> Iterator[str]:
    for case in CASES:
        statuses = _status(theirs, case), _status(ours, case)
        if statuses != (case.mlserver, case.ours):
            yield f"{case.told}: MLServer and ours answer {statuses}, not {(case.mlserver, case.ours)}"


def _other_probabilities(theirs: Running, ours: Running, model: Model) -> Iterator[str]:
    for datatype in ("FP64", "FP32"):
        body = {"inputs": [_tensor(shape=[len(model.rows), 4], datatype=datatype, data=model.rows)]}
        one, other = (_probabilities(started, body) for started in (theirs, ours))
        furthest = max(abs(left - right) for left, right in zip(one, other, strict=True))
        print(f"{datatype}: the probabilities are {furthest:.1e} apart at most")
        if not furthest <= TOLERANCE:
            yield f"{datatype}: {furthest:.1e} apart"


def _probabilities(started: Running, body: dict[str, Any]) -> list[float]:
    status, said = _ask(started, f"{MODEL}/infer", body | {"outputs": [{"name": _OUTPUTS[started.server.name]}]})
    if status != 200:
        raise RuntimeError(f"{started.server.name}: {status}")
    probabilities: list[float] = json.loads(said)["outputs"][0]["data"]
    return probabilities


def _status(started: Running, case: Case) -> int:
    return _ask(started, case.path, case.body)[0]


def _ask(started: Running, path: str, said: Any) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", started.port, timeout=30)
    body = said if isinstance(said, bytes) or said is None else json.dumps(said).encode()
    headers = dict(line.split(": ", 1) for line in ("Content-Type: application/json", *started.server.headers))
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = connection.getresponse()
    status, content = answer.status, answer.read()
    connection.close()
    return status, content


if __name__ == "__main__":
    main()
