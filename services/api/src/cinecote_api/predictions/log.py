"""Every answer, written to the database behind it."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate, islice
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

import msgspec
import numpy as np
import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cinecote.bulk import BulkWriter
from cinecote.database import connect
from cinecote.metrics import PREDICTION_LOG_DROPPED, PREDICTION_LOG_WAITING
from cinecote.tables import predictions as table
from cinecote_api.models.graph import Matrix
from cinecote_api.models.serving import Answering

MOST_WAITING = 40_000_000
"""Bytes: 50,000 films that came alone, 600,000 of tables; what comes while so much waits is dropped, and counted."""

# Measured were 634 bytes for a film alone, and for films in arrays 458 and 64 for each; an id may be 96 bytes longer.
_BYTES_AN_ANSWER = 736
_BYTES_A_FILM = 64
_ANSWERS_A_STATEMENT = 2_000
_FILMS_A_STATEMENT = 20_000
_SECONDS_BETWEEN_WRITES = 1.0
_SECONDS_TO_END = 5.0
_COLUMNS = ("at", "request_id", "model", "version", "role", "films", "inputs", "probabilities")

log = structlog.stdlib.get_logger(__name__)

_encode = msgspec.json.Encoder(enc_hook=np.ndarray.tolist).encode

Films = Sequence[Sequence[float]] | Matrix


class Answer(NamedTuple):
    """What was asked and answered at a `moment`: a film's values are in the order of ACCEPTED, NaN unknown, its
    probabilities in that of CATEGORIES."""

    moment: float
    request_id: str
    answering: Answering
    films: Films
    probabilities: Films

    def row(self) -> tuple[Any, ...]:
        """Its values for _COLUMNS; an unknown input, which is NaN here, becomes null in JSON."""
        at = datetime.fromtimestamp(self.moment, UTC).replace(tzinfo=None)
        inputs, probabilities = _encode(self.films).decode(), _encode(self.probabilities).decode()
        return at, self.request_id, *self.answering, len(self.films), inputs, probabilities


class PredictionLog(Collector):
    """Takes answers at once and writes them a second later, many in a statement, from a thread of its own.

    A database that is slow or away costs no request: what it hasn't taken yet waits, up to MOST_WAITING bytes.
    """

    def __init__(self, url: str) -> None:
        """`url` is of a database whose user may insert into predictions; nothing is opened yet."""
        self._engine = connect(url, create=False)
        self._writer = BulkWriter(table, self._engine.dialect, _COLUMNS)
        self._waiting: deque[Answer] = deque()
        self._films = 0
        self._dropped = 0
        self._lock = Lock()
        self._ending = Event()
        self._trouble = False
        self._thread = Thread(target=self._run, name="prediction-log", daemon=True)

    def add(self, answers: Iterable[Answer]) -> None:
        """Have answers written; from any thread, without waiting."""
        with self._lock:
            for answer in answers:
                films = len(answer.films)
                size = (len(self._waiting) + 1) * _BYTES_AN_ANSWER + (self._films + films) * _BYTES_A_FILM
                if size > MOST_WAITING:
                    self._dropped += films
                elif films:
                    self._films += films
                    self._waiting.append(answer)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Write what waits, for a few seconds at most."""
        self._ending.set()
        self._thread.join(_SECONDS_TO_END)
        if self._waiting:
            log.warning("predictions were not written", films=self._films)
        self._engine.dispose()

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(PREDICTION_LOG_DROPPED.name, PREDICTION_LOG_DROPPED.help, value=self._dropped)
        yield GaugeMetricFamily(PREDICTION_LOG_WAITING.name, PREDICTION_LOG_WAITING.help, value=self._films)

    def _run(self) -> None:
        while not self._ending.wait(_SECONDS_BETWEEN_WRITES):
            self.write_waiting()
        self.write_waiting()

    def write_waiting(self) -> None:
        """Write all that waits; where the database doesn't take it, the rest is tried again later."""
        while answers := self._next():
            try:
                self._write(answers)
            except SQLAlchemyError as error:
                self._report(error)
                return
            except Exception:
                # Tried again, what is wrong with them would keep all later ones from being written.
                log.exception("predictions can't be written down")
                self._drop(answers)
            self._trouble = False
            self._forget(answers)

    def _next(self) -> Sequence[Answer]:
        """What comes into one statement, which is kept small: its films are text by then."""
        with self._lock:
            answers = list(islice(self._waiting, _ANSWERS_A_STATEMENT))
        fitting = sum(films <= _FILMS_A_STATEMENT for films in accumulate(len(answer.films) for answer in answers))
        return answers[: max(fitting, 1)]

    def _write(self, answers: Sequence[Answer]) -> None:
        rows = [answer.row() for answer in answers]
        with self._engine.begin() as connection:
            self._writer.write_together(connection, rows)

    def _drop(self, answers: Sequence[Answer]) -> None:
        with self._lock:
            self._dropped += sum(len(answer.films) for answer in answers)

    def _forget(self, answers: Sequence[Answer]) -> None:
        with self._lock:
            for answer in answers:
                self._waiting.popleft()
                self._films -= len(answer.films)

    def _report(self, error: SQLAlchemyError) -> None:
        """Log a trouble when it begins, not at every try."""
        if not self._trouble:
            cause = error.orig if isinstance(error, DBAPIError) else None
            log.warning("predictions can't be written", cause=str(cause or type(error).__name__))
        self._trouble = True
