"""Where a prediction's processor time goes: the parts of our own answer, each by itself, in one process.

python -m benchmarks.serving.parts

Written to benchmarks/results/serving-parts.md.
"""

import asyncio
import json
import os
import tempfile
import time
from asyncio import Transport
from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from benchmarks.serving.environments import ROOT
from benchmarks.serving.load import post
from benchmarks.serving.measuring import BATCH_ROWS
from benchmarks.serving.models import Model, prepared
from benchmarks.serving.servers import KEY, OURS
from cinecote.database import connect
from cinecote.migrate import migrate
from cinecote.registry import CHAMPION
from cinecote_api.answers import batch_answer, prediction_answer
from cinecote_api.main import create_app
from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.metrics.requests import RequestMetrics
from cinecote_api.models.served_model import load_model
from cinecote_api.models.serving import Served
from cinecote_api.predictions.batch import read_batch
from cinecote_api.predictions.json_body import read_film_body
from cinecote_api.predictions.log import Answer, PredictionLog
from cinecote_api.predictions.outcomes import predict_all
from cinecote_api.request_log import Request, RequestLog
from cinecote_api.server.process import configured
from cinecote_api.server.quick_protocol import QuickProtocol
from cinecote_api.settings import ApiSettings

RESULTS = ROOT / "benchmarks/results/serving-parts.md"
_ROUNDS = 40
_TOGETHER = 256
"""Requests that a twentieth of a second brings, about."""

_ROWS_LOGGED = 2_000

Parts = dict[str, float]
"""Microseconds of processor time by part."""

_PAGE = """# Where a prediction's time goes

Made by `make profile-serving` on {when} with the scaler and logistic regression, load average {load:.1f}. Microseconds
of processor time in one process and one thread, the least of {rounds} rounds. What the running server takes beyond the
whole (`serving.md`) is the kernel's sockets, the event loop, and that both push the parts out of the core's caches.

## A single film
| part | µs |
| --- | --- |
{single}

The whole is from the request's bytes to the answer's; below it some of its parts, then what is done later and together.
The row of the database is written by a thread of its own.

## A batch of {batch:,} films, by film
| part | µs |
| --- | --- |
{many}
"""


def main() -> None:
    model = prepared("linear")
    with (
        tempfile.TemporaryDirectory(prefix="cinecote-parts-") as folder,
        Path(os.devnull).open("w") as nowhere,
        redirect_stderr(nowhere),
    ):
        place = Path(folder)
        single, many = _single(model, place), _many(model, place)
        single = asyncio.run(_whole(model, place)) | single
    page = _PAGE.format(
        when=f"{datetime.now(UTC):%Y-%m-%d}", load=os.getloadavg()[0], rounds=_ROUNDS, batch=BATCH_ROWS,
        single=_lines(single), many=_lines(many),
    )  # fmt: skip
    print(page)
    RESULTS.write_text(page, encoding="utf-8")


def _lines(parts: Parts) -> str:
    return "\n".join(f"| {name} | {microseconds:.2f} |" for name, microseconds in parts.items())


def _least(work: Callable[[], object], times: int, share: int = 1) -> float:
    """Microseconds that `work` takes of the processor, where it does `share` pieces at once."""
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.thread_time()
        for _ in range(times):
            work()
        best = min(best, (time.thread_time() - began) / times / share)
    return best * 1e6


def _served(model: Model) -> Served:
    return Served(load_model(model.folder / "served", "1"), CHAMPION)


def _single(model: Model, folder: Path) -> Parts:
    served = _served(model)
    body = json.dumps(OURS.ask(model.rows[0])).encode()
    _, film = read_film_body(body)
    one = served.model.predict_one(film)
    requests = [Request("0" * 32, "POST", "/v1/predictions", 200, 1e-4, time.time())] * _TOGETHER
    metrics, requests_seen, log = PredictionMetrics([]), RequestMetrics(), RequestLog("api", "INFO", "json")
    films, answered = [film] * _TOGETHER, [one.probabilities] * _TOGETHER
    answers = [Answer(time.time(), "0" * 32, served.answering, (film,), (one.probabilities,))] * _ROWS_LOGGED
    return {
        "body read and checked": _least(lambda: read_film_body(body), 500),
        "graph run": _least(lambda: served.model.graph.run_one(film[:4]), 500),
        "answer written": _least(lambda: prediction_answer(served, one), 500),
        "metrics of the prediction": _least(lambda: metrics.record(served.answering, films, answered), 5, _TOGETHER),
        "metrics of the request": _least(lambda: requests_seen.observe(requests), 5, _TOGETHER),
        "log line": _least(lambda: log.write(requests), 5, _TOGETHER),
        "row in the database (SQLite)": _least(_write(folder, answers), 1, _ROWS_LOGGED),
    }


def _many(model: Model, folder: Path) -> Parts:
    served, rows = _served(model), model.rows
    films = [OURS.ask(rows[number % len(rows)]) for number in range(BATCH_ROWS)]
    body = json.dumps({"films": films}).encode()
    batch = read_batch(body)
    predicted = predict_all(served.model, batch.films)
    metrics = PredictionMetrics([])
    answers = [Answer(time.time(), "0" * 32, served.answering, predicted.films, predicted.probabilities)]
    return {
        "body read and checked": _least(lambda: read_batch(body), 1, BATCH_ROWS),
        "graph run, categories": _least(lambda: predict_all(served.model, batch.films), 1, BATCH_ROWS),
        "answer written": _least(lambda: batch_answer(served, batch, predicted), 1, BATCH_ROWS),
        "metrics": _least(lambda: metrics.record_all(served, predicted), 1, BATCH_ROWS),
        "row in the database (SQLite)": _least(_write(folder, answers), 1, BATCH_ROWS),
    }


def _write(folder: Path, answers: list[Answer]) -> Callable[[], None]:
    """Writes these answers as the log's thread does."""
    url = f"sqlite:///{folder}/parts.db"
    migrate(connect(url))
    log = PredictionLog(url)

    def write() -> None:
        log.add(answers)
        log.write_waiting()

    return write


class _Wire(Transport):
    """A connection to nobody, which keeps the last answer."""

    answer = b""

    def write(self, data: Any) -> None:
        self.answer = data

    def is_closing(self) -> bool:
        return False


async def _whole(model: Model, folder: Path) -> Parts:
    settings = ApiSettings(
        model_dir=folder / "served", tracking_uri=model.registry, database_url=f"sqlite:///{folder}/parts.db",
        api_keys=str(KEY), log_format="json",
    )  # fmt: skip
    app = create_app(settings)
    config = configured(lambda: app)
    config.load()
    request = post(OURS.path, json.dumps(OURS.ask(model.rows[0])).encode(), OURS.headers)
    lifespan = config.lifespan_class(config)
    await lifespan.startup()
    wire = _Wire()
    protocol = QuickProtocol(config=config, server_state=uvicorn.Server(config).server_state, app_state={})
    protocol.connection_made(wire)
    while not wire.answer.startswith(b"HTTP/1.1 200"):
        protocol.data_received(request)
        await asyncio.sleep(0.05)
    whole = float("inf")
    for _ in range(_ROUNDS):
        taken = 0.0
        for _ in range(_TOGETHER):
            began = time.thread_time()
            protocol.data_received(request)
            taken += time.thread_time() - began
            # What arrives in one round of the loop waits for its turn.
            await asyncio.sleep(0)
        whole = min(whole, taken / _TOGETHER)
    await lifespan.shutdown()
    return {"the whole, but for the last four": whole * 1e6}


if __name__ == "__main__":
    main()
