"""Why a film is likely to be of its category."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import explanation_answer
from cinecote_api.database_reader import DatabaseAway, DatabaseReader
from cinecote_api.direct_route import DirectRoute
from cinecote_api.explanations.along import PARAMETERS, read_along
from cinecote_api.explanations.explanation import explain
from cinecote_api.explanations.film_index import Neighbour
from cinecote_api.explanations.index_keeper import IndexKeeper
from cinecote_api.films.shelf import FilmShelf
from cinecote_api.models.followed import FollowedModels
from cinecote_api.observation import REQUEST_ID
from cinecote_api.openapi import answers, json_body
from cinecote_api.predictions.batch_workers import BatchWorkers
from cinecote_api.predictions.film_prediction import LARGEST_FILM
from cinecote_api.predictions.json_body import read_film_body
from cinecote_api.problems.problems import BUSY
from cinecote_api.request_body import read_json_body
from cinecote_api.routes.predictions import BODY_PROBLEMS
from cinecote_api.schemas import FILM_INPUTS, ExplanationAnswer


def explanations_router(
    models: FollowedModels, workers: BatchWorkers, keeper: IndexKeeper, shelf: FilmShelf, reader: DatabaseReader
) -> APIRouter:
    router = APIRouter(route_class=_ExplanationRoute, tags=["predictions"])

    @router.post(
        "/v1/explanations",
        summary="Explain one film's prediction",
        responses=answers(ExplanationAnswer, *BODY_PROBLEMS, BUSY, by_model=True),
        openapi_extra=json_body(FILM_INPUTS) | {"parameters": PARAMETERS},
    )
    async def explain_film(request: Request) -> Response:
        body = await read_json_body(request, LARGEST_FILM)
        (when, film), request_id = read_film_body(body), request.scope[REQUEST_ID]
        serving, along = models.at(when).serving, read_along(request.query_params, when)
        serving.model()
        served, explanation = await workers.run(
            lambda: serving.answer(request_id, lambda model: explain(model, film, keeper.index, along))
        )
        return explanation_answer(served, explanation, await _shown(explanation.neighbours, shelf, reader))

    return router


class _ExplanationRoute(DirectRoute):
    """Leaves to the endpoint what is asked for along an input."""

    reads = frozenset(it["name"] for it in PARAMETERS)


async def _shown(neighbours: list[Neighbour], shelf: FilmShelf, reader: DatabaseReader) -> list[dict[str, object]]:
    """The neighbours as they are answered; none while the database is away."""
    if not neighbours:
        return []
    try:
        films = await reader.read(lambda connection: shelf.films(connection, [it.film_id for it in neighbours]))
    except DatabaseAway:
        return []
    # One that was purged since the index was made is left out.
    return [{"film": films[it.film_id], "distance": it.distance} for it in neighbours if it.film_id in films]
