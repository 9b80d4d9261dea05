"""`cinecote-api`: puts the API together and serves it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.registry import Collector

from cinecote import exits
from cinecote.logs import configure_logs
from cinecote.settings import read_settings
from cinecote_api.batch_workers import BatchWorkers
from cinecote_api.database_reader import DatabaseReader
from cinecote_api.failures import answer_failures
from cinecote_api.films import FilmShelf
from cinecote_api.metrics.database import DatabaseMetrics
from cinecote_api.metrics.model import ModelMetrics
from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.metrics.requests import RequestMetrics
from cinecote_api.model_store import ModelStore
from cinecote_api.observation import Observed
from cinecote_api.openapi import SUMMARY
from cinecote_api.registry import open_registry
from cinecote_api.routes.docs import docs_router
from cinecote_api.routes.films import films_router
from cinecote_api.routes.health import health_router
from cinecote_api.routes.model import model_router
from cinecote_api.routes.predictions import predictions_router
from cinecote_api.routes.queries import queries_router
from cinecote_api.server import serve
from cinecote_api.serving import Serving
from cinecote_api.settings import ApiSettings
from cinecote_api.watcher import ChampionWatcher


def create_app(settings: ApiSettings) -> FastAPI:
    """The application, which follows the registry from its start to its end."""
    registry, store, serving = open_registry(settings), ModelStore(settings.model_dir), Serving()
    store.prepare()
    watcher = ChampionWatcher(registry, store, serving, settings.registry_poll_s)
    reader, workers = DatabaseReader(settings.films_url), BatchWorkers()
    metrics = CollectorRegistry()
    predictions, database = PredictionMetrics(serving), DatabaseMetrics(reader)
    own: tuple[Collector, ...] = (predictions, ModelMetrics(serving), database)
    for collector in (*own, ProcessCollector(registry=None), PlatformCollector(registry=None)):
        metrics.register(collector)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(watcher.run())
        yield
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        for part in (workers, reader, registry):
            part.close()

    app = FastAPI(
        title="CinéCote",
        version=version("cinecote-api"),
        summary=SUMMARY,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.add_middleware(Observed, metrics=RequestMetrics(metrics))
    answer_failures(app)
    # FastAPI matches an included router's routes twice; these need nothing of what including adds.
    for router in (
        predictions_router(serving, predictions, workers),
        films_router(FilmShelf(settings), reader),
        queries_router(settings, reader),
        model_router(serving),
        health_router(serving, database, metrics),
        docs_router(app),
    ):
        app.routes.extend(router.routes)
    return app


def run() -> None:
    settings = read_settings(ApiSettings)
    configure_logs("api", settings.log_level, settings.log_format)
    serve(lambda: create_app(settings), settings.host, settings.port)


def main() -> None:
    sys.exit(exits.run(run))
