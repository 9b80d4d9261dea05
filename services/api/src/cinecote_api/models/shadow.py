"""The challenger in shadow: hears what the champion was asked, once that is answered, and never answers anybody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from starlette.background import BackgroundTask
from starlette.responses import Response

from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.models.graph import Matrix
from cinecote_api.models.served_model import ServedModel
from cinecote_api.models.serving import Serving
from cinecote_api.predictions.json_body import Values
from cinecote_api.predictions.outcomes import Predicted, predict_all
from cinecote_api.predictions.prediction import One

_MOST_WAITING = 20_000

Places = NDArray[np.intp]
"""Categories, by their places in CATEGORIES."""


class Shadow:
    """One thread of its own, with a bounded number of films before it."""

    def __init__(self, serving: Serving, metrics: PredictionMetrics) -> None:
        self._serving = serving
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="shadow")
        self._counting = Lock()
        self._waiting = 0

    def follow_one(self, response: Response, film: Values, answered: One) -> Response:
        """`response`, after which the challenger hears the film; as it is where no challenger is in shadow."""
        if self._listener() is None:
            return response
        return self._followed(response, np.array([film]), np.array([answered.place]))

    def follow_all(self, response: Response, answered: Predicted) -> Response:
        """The same for many films at once."""
        return self._followed(response, answered.films, answered.categories)

    def hear(self, films: Matrix, answered: Places) -> None:
        """Have the challenger in shadow, if there is one, hear films that were answered; from any thread."""
        challenger = self._listener()
        if challenger is not None and len(films):
            self._submit(challenger, films, answered)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _listener(self) -> ServedModel | None:
        challenge = self._serving.challenge
        return challenge.challenger if challenge.traffic.shadow else None

    def _followed(self, response: Response, films: Matrix, answered: Places) -> Response:
        challenger = self._listener()
        if challenger is not None and len(films):
            response.background = BackgroundTask(self._offer, challenger, films, answered)
        return response

    async def _offer(self, challenger: ServedModel, films: Matrix, answered: Places) -> None:
        self._submit(challenger, films, answered)

    def _submit(self, challenger: ServedModel, films: Matrix, answered: Places) -> None:
        with self._counting:
            if self._waiting + len(films) > _MOST_WAITING:
                self._serving.count("dropped", 1)
                return
            self._waiting += len(films)
        # Not waited for: the request's time ends with its answer.
        self._thread.submit(self._hear, challenger, films, answered)

    def _hear(self, challenger: ServedModel, films: Matrix, answered: Places) -> None:
        try:
            heard = predict_all(challenger, films)
            self._metrics.record_shadow(challenger, heard)
            agreed = int((heard.categories == answered).sum())
            self._serving.count("agreed", agreed)
            self._serving.count("differed", len(films) - agreed)
        except Exception as fault:  # whatever the runtime's native code fails with
            self._serving.report_failure(challenger, fault)
        finally:
            with self._counting:
                self._waiting -= len(films)
