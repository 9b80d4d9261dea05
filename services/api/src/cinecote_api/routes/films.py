"""The films that are known."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.answers import json_answer
from cinecote_api.database_reader import DatabaseAway, DatabaseReader
from cinecote_api.direct_route import DirectRoute
from cinecote_api.films.cursor import InvalidCursor
from cinecote_api.films.query import FilmQuery
from cinecote_api.films.shelf import FilmShelf
from cinecote_api.models.serving import Serving
from cinecote_api.openapi import answers
from cinecote_api.problems.failures import no_reading, parameter_fault
from cinecote_api.problems.problems import NO_DATABASE, NOT_FOUND, QUERY_TOO_SLOW, Problem, invalid_input
from cinecote_api.schemas import FilmAndTraining, FilmsPage

_SECONDS_TO_SEARCH = 0.9
_MOST_DIGITS = 19


def films_router(shelf: FilmShelf, reader: DatabaseReader, serving: Serving) -> APIRouter:
    router = APIRouter(tags=["films"])

    @router.get("/v1/films", summary="Search films", responses=answers(FilmsPage, NO_DATABASE, QUERY_TOO_SLOW))
    async def search(query: Annotated[FilmQuery, Query()]) -> Response:
        try:
            return json_answer(await reader.read(lambda connection: shelf.page(connection, query), _SECONDS_TO_SEARCH))
        except InvalidCursor:
            raise invalid_input([parameter_fault("cursor", "is not a cursor of this query")]) from None
        except DatabaseAway as away:
            raise no_reading(away) from None

    async def film(request: Request) -> Response:
        film_id = _film_id(request.path_params["id"])
        manifest = serving.champion.manifest if serving.champion else None
        try:
            found = await reader.read(lambda connection: shelf.film(connection, film_id, manifest))
        except DatabaseAway as away:
            raise no_reading(away) from None
        if found is None:
            raise Problem(NOT_FOUND, "there is no film with this id")
        return json_answer(found)

    router.add_api_route(
        "/v1/films/{id}",
        film,
        methods=["GET"],
        summary="One film",
        responses=answers(FilmAndTraining, NOT_FOUND, NO_DATABASE, QUERY_TOO_SLOW),
        route_class_override=DirectRoute,
        openapi_extra={"parameters": [_ID]},
    )
    return router


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}


def _film_id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise Problem(NOT_FOUND, "a film's id is a whole number")
    return int(text)
