"""The challenger in shadow: hears what the champion was asked, once that is answered, and never answers anybody."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from starlette.background import BackgroundTask
from starlette.responses import Response

from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.prediction import Prediction
from cinecote_api.served_model import ServedModel
from cinecote_api.serving import Serving

_MOST_WAITING = 20_000

Films = Sequence[Mapping[str, float]]


class Shadow:
    """One thread of its own, with a bounded number of films before it."""

    def __init__(self, serving: Serving, metrics: PredictionMetrics) -> None:
        self._serving = serving
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="shadow")
        self._counting = Lock()
        self._waiting = 0

    def follow(self, response: Response, films: Films, answered: Sequence[Prediction]) -> Response:
        """`response`, after which the challenger hears the films; as it is where no challenger is in shadow."""
        challenge = self._serving.challenge
        if challenge.challenger is not None and challenge.traffic.shadow and films:
            response.background = BackgroundTask(self._offer, challenge.challenger, films, answered)
        return response

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _offer(self, challenger: ServedModel, films: Films, answered: Sequence[Prediction]) -> None:
        with self._counting:
            if self._waiting + len(films) > _MOST_WAITING:
                self._serving.count("dropped", 1)
                return
            self._waiting += len(films)
        # Not waited for: the request's time ends with its answer.
        self._thread.submit(self._hear, challenger, films, answered)

    def _hear(self, challenger: ServedModel, films: Films, answered: Sequence[Prediction]) -> None:
        try:
            self._compare(challenger, challenger.predict(films), answered)
        except Exception as fault:  # whatever the runtime's native code fails with
            self._serving.report_failure(challenger, fault)
        finally:
            with self._counting:
                self._waiting -= len(films)

    def _compare(
        self, challenger: ServedModel, predictions: Sequence[Prediction], answered: Sequence[Prediction]
    ) -> None:
        self._metrics.record_shadow(challenger.version, predictions)
        agreed = sum(one.category == other.category for one, other in zip(predictions, answered, strict=True))
        self._serving.count("agreed", agreed)
        self._serving.count("differed", len(predictions) - agreed)
