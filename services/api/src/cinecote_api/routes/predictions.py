"""What a film's category is likely to be."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.accept import prefers_json
from cinecote_api.answers import batch_answer, model_headers, model_name
from cinecote_api.csv_batch.answer import UploadAnswer
from cinecote_api.csv_batch.as_csv import as_csv
from cinecote_api.csv_batch.as_json import as_json
from cinecote_api.csv_batch.scoring import Scoring, begin_scoring
from cinecote_api.csv_batch.table import read_table
from cinecote_api.csv_batch.upload import Uploads
from cinecote_api.direct_route import DirectRoute
from cinecote_api.observation import REQUEST_ID
from cinecote_api.openapi import answers, csv_or_json_body, json_body, with_csv
from cinecote_api.predictions.batch import read_batch
from cinecote_api.predictions.batch_workers import BatchWorkers
from cinecote_api.predictions.film_prediction import LARGEST_FILM, FilmPrediction
from cinecote_api.predictions.outcomes import predict_all
from cinecote_api.predictions.when import When, read_when
from cinecote_api.problems.problems import (
    BUSY,
    MALFORMED,
    MALFORMED_CSV,
    NO_MODEL,
    NO_SUCH_MODEL,
    TOO_LARGE,
    TOO_SLOW,
    UNSUPPORTED_MEDIA_TYPE,
)
from cinecote_api.request_body import CSV, JSON, announced, held_json_body, read_json_body
from cinecote_api.schemas import FILM_BATCH, FILM_INPUTS, FILM_TABLE, BatchAnswer, PredictionAnswer

LARGEST_BATCH = 4 * 1024 * 1024

QUICK_PATH = "/v1/predictions"
"""Where a request is answered without the application in between (see quick_answers)."""

BODY_PROBLEMS = (MALFORMED, TOO_SLOW, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, NO_MODEL, NO_SUCH_MODEL)


def predictions_router(prediction: FilmPrediction, workers: BatchWorkers) -> APIRouter:
    models, recorder = prediction.models, prediction.recorder
    router = APIRouter(route_class=DirectRoute, tags=["predictions"])
    uploads = Uploads()

    @router.post(
        QUICK_PATH,
        summary="Predict one film",
        responses=answers(PredictionAnswer, *BODY_PROBLEMS, by_model=True),
        openapi_extra=json_body(FILM_INPUTS),
    )
    async def predict(request: Request) -> Response:
        body = await read_json_body(request, LARGEST_FILM)
        return prediction.answer(request.scope[REQUEST_ID], body)

    async def predict_batch(request: Request) -> Response:
        kind, length = announced(request.scope["headers"], (JSON, CSV))
        if kind == CSV:
            return await predict_table(request, length)
        when = _when(request)
        async with held_json_body(request, LARGEST_BATCH) as body:
            return await workers.run(lambda: answer_batch(request.scope[REQUEST_ID], body, when))

    def answer_batch(request_id: str, body: bytes, when: When | None) -> Response:
        batch = read_batch(body, when)
        model = models.at(batch.when)
        served, predicted = model.serving.answer(request_id, lambda model: predict_all(model, batch.films))
        recorder.record_all(request_id, served, predicted)
        return model.shadow.follow_all(batch_answer(served, batch, predicted), predicted)

    async def predict_table(request: Request, length: int | None) -> Response:
        when, request_id = _when(request) or "after", request.scope[REQUEST_ID]
        model = models.at(when)
        if not model.serving.is_absent:
            # Before a large body is taken; where there will be no model, what is wrong with the table is told first.
            model.serving.model()
        upload = await uploads.take(request, length)

        def begin() -> Scoring:
            return begin_scoring(read_table(upload.text, upload.has_mark, when), model, request_id)

        try:
            scoring = await workers.run(begin)
        except BaseException:
            upload.close()
            raise
        table, served, scored = scoring.table, scoring.served, scoring.scored(recorder, request_id)
        headers = model_headers(served)
        if prefers_json(request):
            return UploadAnswer(upload, as_json(model_name(served.model), scored), workers, "application/json", headers)
        return UploadAnswer(upload, as_csv(table, scored), workers, "text/csv", headers)

    router.add_api_route(
        "/v1/predictions/batch",
        predict_batch,
        methods=["POST"],
        summary="Predict up to 10,000 films in JSON, or 100,000 in CSV",
        responses=with_csv(answers(BatchAnswer, *BODY_PROBLEMS, MALFORMED_CSV, BUSY, by_model=True)),
        openapi_extra=csv_or_json_body(FILM_BATCH, FILM_TABLE),
        route_class_override=_BatchRoute,
    )
    return router


class _BatchRoute(DirectRoute):
    """Leaves to the batch's endpoint what a table's body has no place for."""

    reads = frozenset({"when"})


def _when(request: Request) -> When | None:
    """What the address says, if anything."""
    said = request.query_params.getlist("when")
    return read_when(said[-1], "?when") if said else None
