"""What is kept of an answer."""

from collections.abc import Iterator, Sequence
from time import time

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from cinecote_api.backlog import Backlog
from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.models.serving import Answering, Served
from cinecote_api.predictions.json_body import Values
from cinecote_api.predictions.log import Answer, PredictionLog
from cinecote_api.predictions.outcomes import Predicted
from cinecote_api.predictions.prediction import One


class Recorder(Collector):
    """Counts films that were answered, and has them written down."""

    def __init__(self, metrics: PredictionMetrics, log: PredictionLog) -> None:
        self._metrics = metrics
        self._log = log
        self._singles = Backlog[Answer](self._keep)

    def record_one(self, request_id: str, served: Served, film: Values, one: One) -> None:
        """Keep what was answered for a film, and by whom; from the event loop."""
        self._singles.add(Answer(time(), request_id, served.answering, (film,), (one.probabilities,)))

    def record_all(self, request_id: str, served: Served, predicted: Predicted) -> None:
        """The same for many films at once, from any thread."""
        self._metrics.record_all(served, predicted)
        # As arrays, which take a tenth of the memory while they wait, and none of the garbage collector's time.
        self._log.add([Answer(time(), request_id, served.answering, predicted.films, predicted.probabilities)])

    def settle(self) -> None:
        """Leave nothing that waits."""
        self._singles.settle()

    def collect(self) -> Iterator[Metric]:
        self.settle()
        yield from self._metrics.collect()

    def _keep(self, answers: Sequence[Answer]) -> None:
        films: dict[Answering, tuple[list[Sequence[float]], list[Sequence[float]]]] = {}
        for answer in answers:
            inputs, probabilities = films.setdefault(answer.answering, ([], []))
            inputs.extend(answer.films)
            probabilities.extend(answer.probabilities)
        for answering, answered in films.items():
            self._metrics.record(answering, *answered)
        self._log.add(answers)
