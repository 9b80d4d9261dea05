"""What is kept of an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.prediction import Prediction
from cinecote_api.prediction_log import PredictionLog
from cinecote_api.served_model import ServedModel
from cinecote_api.serving import ROLE


@dataclass(frozen=True, slots=True)
class Recorder:
    """Counts films that were answered, and has them written down."""

    metrics: PredictionMetrics
    log: PredictionLog

    def record(
        self,
        request_id: str,
        model: ServedModel,
        films: Sequence[Mapping[str, float]],
        predictions: Sequence[Prediction],
    ) -> None:
        """Keep what `model` answered for these films (see read_film), from any thread."""
        self.metrics.record(model.version, films, predictions)
        self.log.add(request_id, model.version, ROLE, films, predictions)
