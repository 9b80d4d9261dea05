"""What is kept of an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.outcomes import Predicted
from cinecote_api.prediction import Prediction
from cinecote_api.prediction_log import PredictionLog
from cinecote_api.serving import Served


@dataclass(frozen=True, slots=True)
class Recorder:
    """Counts films that were answered, and has them written down."""

    metrics: PredictionMetrics
    log: PredictionLog

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
        self.metrics.record(served, inputs, answered)
        model = served.model
        self.log.add(request_id, model.version, served.role, inputs, answered, model.name)

    def record_all(self, request_id: str, served: Served, predicted: Predicted) -> None:
        """The same for many films at once."""
        self.metrics.record_all(served, predicted)
        model = served.model
        # As arrays, which take a tenth of the memory while they wait, and none of the garbage collector's time.
        self.log.add(request_id, model.version, served.role, predicted.films, predicted.probabilities, model.name)
