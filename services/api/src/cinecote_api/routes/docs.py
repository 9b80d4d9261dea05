"""The API's description, for programs and for people; every file of it is served from here."""

from functools import cache
from importlib.resources import files

import msgspec
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from cinecote_api.direct_route import DirectRoute
from cinecote_api.openapi import described
from cinecote_api.problems.problems import NOT_FOUND, Problem

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
_ASSETS = {
    "swagger-ui-bundle.js": ("fastapi_offline", "static", "text/javascript"),
    "swagger-ui.css": ("fastapi_offline", "static", "text/css"),
    "favicon.png": ("fastapi_offline", "static", "image/png"),
    "start.js": ("cinecote_api", "pages", "text/javascript"),
}


def docs_router(app: FastAPI) -> APIRouter:
    router = APIRouter(route_class=DirectRoute, include_in_schema=False)

    @cache
    def description() -> bytes:
        # When it is asked for, as the other routes come after these; making it takes the event loop milliseconds.
        return msgspec.json.encode(described(app))

    @router.get("/openapi.json")
    async def openapi(_request: Request) -> Response:
        return Response(description(), media_type="application/json")

    @router.get("/docs")
    async def page(_request: Request) -> Response:
        return Response(_content("cinecote_api", "pages", "docs.html"), headers=_HEADERS, media_type="text/html")

    @router.get("/docs/{asset}")
    async def asset(request: Request) -> Response:
        name = request.path_params["asset"]
        if name not in _ASSETS:
            raise Problem(NOT_FOUND, "the documentation has no such file")
        package, folder, media_type = _ASSETS[name]
        return Response(_content(package, folder, name), media_type=media_type)

    return router


@cache
def _content(package: str, folder: str, name: str) -> bytes:
    return files(package).joinpath(folder, name).read_bytes()
