"""What is kept of an answer."""

from collections.abc import Iterator, Mapping, Sequence
from time import time

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from cinecote_api.backlog import Backlog
from cinecote_api.json_body import Values
from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.outcomes import Predicted
from cinecote_api.prediction import One, Prediction
from cinecote_api.prediction_log import Answer, PredictionLog
from cinecote_api.serving import Role, Served


class Recorder(Collector):
    """Counts films that were answered, and has them written down."""

    def __init__(self, metrics: PredictionMetrics, log: PredictionLog) -> None:
        self._metrics = metrics
        self._log = log
        self._singles = Backlog[Answer](self._keep)

    def record(
        self,
        request_id: str,
        served: Served,
        films: Sequence[Mapping[str, float]],
        predictions: Sequence[Prediction],
    ) -> None:
        """Keep what was answered for these films (see read_film), and by whom, from any thread."""
        inputs = [tuple(film.values()) for film in films]
        answered = [tuple(prediction.probabilities.values()) for prediction in predictions]
        if inputs:
            self._keep([Answer(time(), request_id, served.model.version, served.role, inputs, answered)])

    def record_one(self, request_id: str, served: Served, film: Values, one: One) -> None:
        """The same for a single film, from the event loop."""
        model, role = served
        self._singles.add(Answer(time(), request_id, model.version, role, (film,), (one.probabilities,)))

    def record_all(self, request_id: str, served: Served, predicted: Predicted) -> None:
        """The same for many films at once, from any thread."""
        version, role = served.model.version, served.role
        self._metrics.record_all(version, role, predicted)
        films, probabilities = predicted.films.tolist(), predicted.probabilities.tolist()
        self._log.add([Answer(time(), request_id, version, role, films, probabilities)])

    def settle(self) -> None:
        """Leave nothing that waits."""
        self._singles.settle()

    def collect(self) -> Iterator[Metric]:
        self.settle()
        yield from self._metrics.collect()

    def _keep(self, answers: Sequence[Answer]) -> None:
        films: dict[tuple[str, Role], tuple[list[Sequence[float]], list[Sequence[float]]]] = {}
        for answer in answers:
            inputs, probabilities = films.setdefault((answer.version, answer.role), ([], []))
            inputs.extend(answer.films)
            probabilities.extend(answer.probabilities)
        for (version, role), answered in films.items():
            self._metrics.record(version, role, *answered)
        self._log.add(answers)
