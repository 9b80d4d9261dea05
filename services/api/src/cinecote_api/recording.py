"""What is kept of an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cinecote_api.metrics.predictions import PredictionMetrics
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
        version = served.model.version
        self.metrics.record(version, films, predictions, served.role)
        self.log.add(request_id, version, served.role, films, predictions)
