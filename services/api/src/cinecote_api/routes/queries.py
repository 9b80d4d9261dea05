"""Named queries."""

from typing import Any

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from cinecote.features import InputFault
from cinecote.settings import LabelSettings
from cinecote_api.answers import json_answer
from cinecote_api.csv_answer import MEDIA_TYPE, csv_answer, prefers_csv
from cinecote_api.database_reader import DatabaseAway, DatabaseReader
from cinecote_api.direct_route import DirectRoute
from cinecote_api.openapi import answers
from cinecote_api.problems.failures import no_reading, parameter_fault
from cinecote_api.problems.problems import NO_DATABASE, NOT_FOUND, QUERY_TOO_SLOW, Problem, invalid_input
from cinecote_api.queries.catalogue import QUERIES, Table, listed, run
from cinecote_api.queries.description import FORMAT, FORMATS, QUERY_PATH
from cinecote_api.queries.query import Query
from cinecote_api.schemas import QueryAnswer, QueryList

_SECONDS_TO_ANSWER = 1.0


def queries_router(labels: LabelSettings, reader: DatabaseReader) -> APIRouter:
    router = APIRouter(tags=["queries"])

    async def names(_request: Request) -> Response:
        return json_answer({"queries": listed()})

    @router.get(
        QUERY_PATH,
        summary="Ask a named query",
        responses=_described_answers(),
    )
    async def ask(request: Request) -> Response:
        query = QUERIES.get(request.path_params["name"])
        if query is None:
            raise Problem(NOT_FOUND, "there is no query of this name; /v1/queries lists them")
        values, form = _read(query, request.query_params)
        try:
            table = await reader.read(lambda connection: run(connection, query, labels, values), _SECONDS_TO_ANSWER)
        except DatabaseAway as away:
            raise no_reading(away) from None
        as_csv = form == "csv" or (form is None and prefers_csv(request.headers.get("accept", "")))
        return _csv(table) if as_csv else json_answer(table, {"Vary": "Accept"})

    router.add_api_route(
        "/v1/queries",
        names,
        methods=["GET"],
        summary="The named queries and their parameters",
        responses=answers(QueryList),
        route_class_override=DirectRoute,
    )
    return router


def _read(query: Query, sent: QueryParams) -> tuple[dict[str, float], str | None]:
    """The values of the query's parameters and the format asked for; 422 names every fault."""
    declared = {parameter.name: parameter for parameter in query.parameters}
    values = {name: parameter.default for name, parameter in declared.items()}
    faults: list[InputFault] = []
    form = sent.get(FORMAT)
    if form is not None and form not in FORMATS:
        faults.append(parameter_fault(FORMAT, f"must be one of {', '.join(FORMATS)}"))
    for name, text in sent.items():
        try:
            if name in declared:
                values[name] = declared[name].read(text)
            elif name != FORMAT:
                faults.append(parameter_fault(name, "is not a parameter of this query"))
        except ValueError as fault:
            faults.append(parameter_fault(name, str(fault)))
    if faults:
        raise invalid_input(faults)
    return values, form


def _csv(table: Table) -> Response:
    headers = {"Vary": "Accept", "X-Truncated": str(table.truncated).lower()}
    return csv_answer(table.columns, table.rows, headers)


def _described_answers() -> dict[int | str, dict[str, Any]]:
    described = answers(QueryAnswer, NOT_FOUND, NO_DATABASE, QUERY_TOO_SLOW)
    described[200]["content"] = {MEDIA_TYPE: {"schema": {"type": "string"}}}
    return described
