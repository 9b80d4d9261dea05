"""What a film's category is likely to be."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import batch_answer, prediction_answer
from cinecote_api.batch import score
from cinecote_api.batch_workers import BatchWorkers
from cinecote_api.direct_route import DirectRoute
from cinecote_api.json_body import parse_films, read_film_body
from cinecote_api.observation import REQUEST_ID
from cinecote_api.openapi import answers, json_body
from cinecote_api.problems import BUSY, MALFORMED, NO_MODEL, TOO_LARGE, TOO_SLOW, UNSUPPORTED_MEDIA_TYPE
from cinecote_api.recording import Recorder
from cinecote_api.request_body import read_json_body
from cinecote_api.schemas import FILM_BATCH, FILM_INPUTS, BatchAnswer, PredictionAnswer
from cinecote_api.serving import Serving
from cinecote_api.shadow import Shadow

LARGEST_FILM = 16 * 1024
LARGEST_BATCH = 4 * 1024 * 1024

_BODY_PROBLEMS = (MALFORMED, TOO_SLOW, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, NO_MODEL)


def predictions_router(serving: Serving, recorder: Recorder, workers: BatchWorkers, shadow: Shadow) -> APIRouter:
    router = APIRouter(route_class=DirectRoute, tags=["predictions"])

    @router.post(
        "/v1/predictions",
        summary="Predict one film",
        responses=answers(PredictionAnswer, *_BODY_PROBLEMS, by_model=True),
        openapi_extra=json_body(FILM_INPUTS),
    )
    async def predict(request: Request) -> Response:
        body = await read_json_body(request, LARGEST_FILM)
        serving.model()
        film, request_id = read_film_body(body), request.scope[REQUEST_ID]
        served, predictions = serving.answer(request_id, lambda model: model.predict([film]))
        recorder.record(request_id, served, [film], predictions)
        return shadow.follow(prediction_answer(served, predictions[0]), [film], predictions)

    @router.post(
        "/v1/predictions/batch",
        summary="Predict up to 10,000 films",
        responses=answers(BatchAnswer, *_BODY_PROBLEMS, BUSY, by_model=True),
        openapi_extra=json_body(FILM_BATCH),
    )
    async def predict_batch(request: Request) -> Response:
        body = await read_json_body(request, LARGEST_BATCH)
        serving.model()
        return await workers.run(lambda: answer_batch(request.scope[REQUEST_ID], body))

    def answer_batch(request_id: str, body: bytes) -> Response:
        sent = parse_films(body)
        served, batch = serving.answer(request_id, lambda model: score(model, sent))
        recorder.record(request_id, served, batch.films, batch.predictions)
        return shadow.follow(batch_answer(served, batch), batch.films, batch.predictions)

    return router
