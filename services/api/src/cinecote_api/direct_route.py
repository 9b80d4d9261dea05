"""A route that FastAPI documents and stays out of the way of."""

from typing import ClassVar

from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from cinecote.features import InvalidFilm
from cinecote_api.problems.failures import unknown_parameters
from cinecote_api.problems.problems import Problem
from cinecote_api.problems.refusals import refusal


class DirectRoute(APIRoute):
    """Hands the request to its endpoint and sends the Response that this returns.

    A query parameter is a fault, unless it is one of those that the endpoint `reads` itself.
    FastAPI's own handling resolves parameters and validates answers, which costs more here than a prediction does.
    """

    reads: ClassVar[frozenset[str]] = frozenset()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            # Starlette's answer: 405 with Allow.
            await super().handle(scope, receive, send)
            return
        try:
            if scope["query_string"]:
                _refuse_parameters(scope["query_string"], self.reads)
            response = await self.endpoint(Request(scope, receive, send))
        except (Problem, InvalidFilm) as fault:
            response = refusal(scope["path"], fault)
        await response(scope, receive, send)


def _refuse_parameters(query: bytes, reads: frozenset[str]) -> None:
    names = [name for name in QueryParams(query.decode("latin-1")) if name not in reads]
    if names:
        raise unknown_parameters(names)
