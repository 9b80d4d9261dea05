"""`cinecote-api`: puts the API together and serves it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp

from cinecote import exits
from cinecote.logs import configure_logs
from cinecote.settings import read_settings
from cinecote_api.batch_workers import BatchWorkers
from cinecote_api.database_reader import DatabaseReader
from cinecote_api.explanations.index_keeper import IndexKeeper
from cinecote_api.failures import answer_failures
from cinecote_api.film_prediction import FilmPrediction
from cinecote_api.films import FilmShelf
from cinecote_api.gate import Gate
from cinecote_api.metrics.database import DatabaseMetrics
from cinecote_api.metrics.model import ModelMetrics
from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.metrics.requests import RequestMetrics, SheddingMetrics
from cinecote_api.model_store import ModelStore
from cinecote_api.observation import Observation, Observed
from cinecote_api.openapi import DESCRIPTION, SUMMARY
from cinecote_api.prediction_log import PredictionLog
from cinecote_api.quick_answers import QuickAnswers
from cinecote_api.rate_limits import RateLimit
from cinecote_api.recording import Recorder
from cinecote_api.registry import open_registry
from cinecote_api.request_log import RequestLog
from cinecote_api.rollback import Rollback
from cinecote_api.routes.docs import docs_router
from cinecote_api.routes.explanations import explanations_router
from cinecote_api.routes.films import films_router
from cinecote_api.routes.health import health_router
from cinecote_api.routes.model import model_router
from cinecote_api.routes.model_changes import model_changes_router
from cinecote_api.routes.models import models_router
from cinecote_api.routes.open_inference import open_inference_router
from cinecote_api.routes.predictions import predictions_router
from cinecote_api.routes.queries import queries_router
from cinecote_api.server import serve
from cinecote_api.serving import Serving
from cinecote_api.settings import ApiSettings
from cinecote_api.shadow import Shadow
from cinecote_api.watcher import RegistryWatcher


def create_app(settings: ApiSettings) -> ASGIApp:
    """The application, which follows the registry from its start to its end."""
    store, serving = ModelStore(settings.model_dir, settings.verify_keys), Serving()
    store.prepare()
    registry = open_registry(settings)
    watcher = RegistryWatcher(registry, store, serving, settings.registry_poll_s)
    rollback = Rollback(registry, watcher, settings)
    reader, workers, explainers = DatabaseReader(settings.films_url), BatchWorkers(), BatchWorkers()
    keeper, shelf = IndexKeeper(reader), FilmShelf(settings)
    log = RequestLog("api", settings.log_level, settings.log_format)
    metrics = CollectorRegistry()
    predictions, database = PredictionMetrics(serving), DatabaseMetrics(reader)
    prediction_log = PredictionLog(settings.database_url.get_secret_value())
    recorder, shadow = Recorder(predictions, prediction_log), Shadow(serving, predictions)
    prediction = FilmPrediction(serving, recorder, shadow)
    own: tuple[Collector, ...] = (predictions, prediction_log, SheddingMetrics(), ModelMetrics(serving), database)
    for collector in (*own, ProcessCollector(registry=None), PlatformCollector(registry=None)):
        metrics.register(collector)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        prediction_log.start()
        following = [asyncio.create_task(part.run()) for part in (watcher, keeper)]
        yield
        for task in following:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for part in (workers, explainers, shadow, rollback, reader, registry, prediction_log):
            part.close()
        log.flush()

    app = _documented(lifespan)
    # FastAPI matches an included router's routes twice; these need nothing of what including adds.
    for router in (
        predictions_router(prediction, workers),
        explanations_router(serving, explainers, keeper, shelf, reader),
        films_router(shelf, reader),
        queries_router(settings, reader),
        model_router(serving),
        models_router(registry, reader, serving),
        model_changes_router(watcher, rollback, serving),
        open_inference_router(serving, recorder, workers, shadow),
        health_router(serving, database, metrics),
        docs_router(app),
    ):
        app.routes.extend(router.routes)
    by_key, by_address = RateLimit(settings.rate_limit_key), RateLimit(settings.rate_limit_address)
    gate = Gate(settings.keys, by_key, by_address, settings.proxies)
    observation = Observation(RequestMetrics(metrics), log)
    return Observed(app, gate, observation, QuickAnswers(gate, prediction, observation))


def _documented(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """An application without routes, which answers its failures as problems."""
    app = FastAPI(
        title="CinéCote",
        version=version("cinecote-api"),
        summary=SUMMARY,
        description=DESCRIPTION,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    answer_failures(app)
    return app


def run() -> None:
    settings = read_settings(ApiSettings)
    configure_logs("api", settings.log_level, settings.log_format)
    serve(lambda: create_app(settings), settings.host, settings.port)


def main() -> None:
    sys.exit(exits.run(run))
