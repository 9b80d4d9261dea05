"""A route that FastAPI documents and stays out of the way of."""

from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from cinecote.features import InvalidFilm
from cinecote_api.failures import unknown_parameters
from cinecote_api.problems import Problem, invalid_input
from cinecote_api.refusals import refusal


class DirectRoute(APIRoute):
    """Hands the request to its endpoint and sends the Response that this returns; a query parameter is a fault.

    FastAPI's own handling resolves parameters and validates answers, which costs more here than a prediction does.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            # Starlette's answer: 405 with Allow.
            await super().handle(scope, receive, send)
            return
        try:
            if scope["query_string"]:
                _refuse_parameters(scope["query_string"])
            response = await self.endpoint(Request(scope, receive, send))
        except Problem as problem:
            response = refusal(scope["path"], problem)
        except InvalidFilm as invalid:
            response = refusal(scope["path"], invalid_input(invalid.faults))
        await response(scope, receive, send)


def _refuse_parameters(query: bytes) -> None:
    names = list(QueryParams(query.decode("latin-1")))
    if names:
        raise unknown_parameters(names)
