"""One film, from its body to its answer."""

from dataclasses import dataclass

from starlette.responses import Response

from cinecote_api.answers import prediction_answer
from cinecote_api.models.followed import FollowedModels
from cinecote_api.predictions.json_body import read_film_body
from cinecote_api.predictions.recording import Recorder

LARGEST_FILM = 16 * 1024
"""Bytes."""


@dataclass(frozen=True, slots=True)
class FilmPrediction:
    """Answers what a film's category is likely to be, and keeps what it answered."""

    models: FollowedModels
    recorder: Recorder

    def answer(self, request_id: str, body: bytes) -> Response:
        """The answer to a body of at most LARGEST_FILM; Problem or InvalidFilm where there is none."""
        when, film = read_film_body(body)
        model = self.models.at(when)
        served, one = model.serving.answer(request_id, lambda model: model.predict_one(film))
        self.recorder.record_one(request_id, served, film, one)
        return model.shadow.follow_one(prediction_answer(served, one), film, one)
