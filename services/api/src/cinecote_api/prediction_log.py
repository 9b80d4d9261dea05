"""Every answer, written to the database behind it."""

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from threading import Event, Lock, Thread
from typing import Any

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cinecote.bulk import BulkWriter
from cinecote.database import connect
from cinecote.features import ACCEPTED
from cinecote.metrics import PREDICTION_LOG_DROPPED, PREDICTION_LOG_WAITING
from cinecote.registry import MODEL_NAME
from cinecote.tables import predictions as table

MOST_WAITING = 50_000
"""Films: some 40 MB; what comes while so many wait is dropped, and counted."""

_ROWS_A_STATEMENT = 1_000
_SECONDS_BETWEEN_WRITES = 1.0
_SECONDS_TO_END = 5.0
_COLUMNS = (
    "at",
    "request_id",
    "model",
    "version",
    "role",
    *(it.name for it in ACCEPTED),
    "p_mediocre",
    "p_moyen",
    "p_bien",
)

log = structlog.stdlib.get_logger(__name__)

_Waiting = tuple[float, str, str, str, Sequence[float], Sequence[float]]


class PredictionLog(Collector):
    """Takes answers at once and writes them a second later, many in a statement, from a thread of its own.

    A database that is slow or away costs no request: what it hasn't taken yet waits, up to MOST_WAITING films.
    """

    def __init__(self, url: str) -> None:
        """`url` is of a database whose user may insert into predictions; nothing is opened yet."""
        self._engine = connect(url, create=False)
        self._waiting: deque[_Waiting] = deque()
        self._dropped = 0
        self._lock = Lock()
        self._ending = Event()
        self._trouble = False
        self._thread = Thread(target=self._run, name="prediction-log", daemon=True)

    def add(
        self,
        request_id: str,
        version: str,
        role: str,
        films: Sequence[Sequence[float]],
        probabilities: Sequence[Sequence[float]],
    ) -> None:
        """Have films and what `version` answered written; from any thread, without waiting.

        A film's values are in the order of ACCEPTED, NaN unknown, its probabilities in that of CATEGORIES.
        """
        moment = time.time()
        with self._lock:
            room = MOST_WAITING - len(self._waiting)
            self._dropped += max(0, len(films) - room)
            for film, answered in zip(films[:room], probabilities[:room], strict=True):
                self._waiting.append((moment, request_id, version, role, film, answered))

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Write what waits, for a few seconds at most."""
        self._ending.set()
        self._thread.join(_SECONDS_TO_END)
        if self._waiting:
            log.warning("predictions were not written", films=len(self._waiting))
        self._engine.dispose()

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(PREDICTION_LOG_DROPPED.name, PREDICTION_LOG_DROPPED.help, value=self._dropped)
        waiting = len(self._waiting)
        yield GaugeMetricFamily(PREDICTION_LOG_WAITING.name, PREDICTION_LOG_WAITING.help, value=waiting)

    def _run(self) -> None:
        writer = BulkWriter(table, self._engine.dialect, _COLUMNS)
        while not self._ending.wait(_SECONDS_BETWEEN_WRITES):
            self._write_waiting(writer)
        self._write_waiting(writer)

    def _write_waiting(self, writer: BulkWriter) -> None:
        """Write all that waits; where the database doesn't take it, the rest is tried again later."""
        try:
            while self._waiting:
                with self._lock:
                    written = list(islice(self._waiting, _ROWS_A_STATEMENT))
                with self._engine.begin() as connection:
                    writer.write(connection, [_row(*answered) for answered in written])
                for _ in written:
                    self._waiting.popleft()
        except SQLAlchemyError as error:
            self._report(error)
        else:
            self._trouble = False

    def _report(self, error: SQLAlchemyError) -> None:
        """Log a trouble when it begins, not at every try."""
        if not self._trouble:
            cause = error.orig if isinstance(error, DBAPIError) else None
            log.warning("predictions can't be written", cause=str(cause or type(error).__name__))
        self._trouble = True


def _row(
    moment: float, request_id: str, version: str, role: str, film: Sequence[float], probabilities: Sequence[float]
) -> tuple[Any, ...]:
    at = datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
    inputs = (None if math.isnan(value) else value for value in film)
    return (at, request_id, MODEL_NAME, version, role, *inputs, *probabilities)
