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
from cinecote.registry import MODEL_NAMES
from cinecote.settings import read_settings
from cinecote_api.access.gate import Gate
from cinecote_api.access.rate_limits import RateLimit
from cinecote_api.database_reader import DatabaseReader
from cinecote_api.explanations.index_keeper import IndexKeeper
from cinecote_api.films.shelf import FilmShelf
from cinecote_api.measuring.drift import DriftMeasure
from cinecote_api.measuring.keeper import Keeper
from cinecote_api.measuring.live import LiveMeasure
from cinecote_api.measuring.patient_reader import PatientReader
from cinecote_api.metrics.database import DatabaseMetrics
from cinecote_api.metrics.drift import DriftMetrics
from cinecote_api.metrics.film_index import FilmIndexMetrics
from cinecote_api.metrics.live import LiveMetrics
from cinecote_api.metrics.model import ModelMetrics
from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.metrics.requests import RequestMetrics, SheddingMetrics
from cinecote_api.models.followed import FollowedModels
from cinecote_api.models.serving import Serving
from cinecote_api.observation import Observation, Observed
from cinecote_api.openapi import DESCRIPTION, SUMMARY
from cinecote_api.predictions.batch_workers import BatchWorkers
from cinecote_api.predictions.film_prediction import FilmPrediction
from cinecote_api.predictions.log import PredictionLog
from cinecote_api.predictions.recording import Recorder
from cinecote_api.problems.failures import answer_failures
from cinecote_api.request_log import RequestLog
from cinecote_api.routes.docs import docs_router
from cinecote_api.routes.explanations import explanations_router
from cinecote_api.routes.films import films_router
from cinecote_api.routes.health import health_router
from cinecote_api.routes.model import model_router
from cinecote_api.routes.model_changes import model_changes_router
from cinecote_api.routes.model_figures import model_figures_router
from cinecote_api.routes.model_report import model_report_router
from cinecote_api.routes.models import models_router
from cinecote_api.routes.open_inference import open_inference_router
from cinecote_api.routes.predictions import predictions_router
from cinecote_api.routes.queries import queries_router
from cinecote_api.server.process import serve
from cinecote_api.server.quick_answers import QuickAnswers
from cinecote_api.settings import ApiSettings


def create_app(settings: ApiSettings) -> ASGIApp:
    """The application, which follows the registry from its start to its end."""
    servings = [Serving(name) for name in MODEL_NAMES]
    predictions = PredictionMetrics(servings)
    models = FollowedModels(settings, servings, predictions)
    reader, workers, explainers = DatabaseReader(settings.films_url), BatchWorkers(), BatchWorkers()
    patient, shelf, database = PatientReader(reader), FilmShelf(settings), DatabaseMetrics(reader)
    keeper = IndexKeeper(patient)
    drift = Keeper("drift", DriftMeasure(patient, settings.drift_days), servings)
    live = Keeper("live", LiveMeasure(patient, settings.minimum_votes), servings)
    observation = Observation(RequestMetrics(), RequestLog("api", settings.log_level, settings.log_format))
    metrics = CollectorRegistry()
    prediction_log = PredictionLog(settings.database_url.get_secret_value())
    recorder = Recorder(predictions, prediction_log)
    prediction = FilmPrediction(models, recorder)
    kept: tuple[Collector, ...] = (recorder, observation, prediction_log, SheddingMetrics())
    measured: tuple[Collector, ...] = (DriftMetrics(drift), LiveMetrics(live), database, FilmIndexMetrics(keeper))
    states: tuple[Collector, ...] = (ModelMetrics(servings), *measured)
    for collector in (*kept, *states, ProcessCollector(registry=None), PlatformCollector(registry=None)):
        metrics.register(collector)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        prediction_log.start()
        following = [asyncio.create_task(part.run()) for part in (models, keeper, drift, live)]
        yield
        for task in following:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        recorder.settle()
        for part in (workers, explainers, models, reader, prediction_log):
            part.close()
        observation.settle()

    app = _documented(lifespan)
    # FastAPI matches an included router's routes twice; these need nothing of what including adds.
    for router in (
        predictions_router(prediction, workers),
        explanations_router(models, explainers, keeper, shelf, reader),
        films_router(shelf, reader, models.at("after").serving),
        queries_router(settings, reader),
        model_router(models),
        model_report_router(models),
        model_figures_router(models, drift, live),
        models_router(models, reader),
        model_changes_router(models),
        open_inference_router(models, recorder, workers),
        health_router(models.at("after").serving, database, metrics),
        docs_router(app),
    ):
        app.routes.extend(router.routes)
    by_key, by_address = RateLimit(settings.rate_limit_key), RateLimit(settings.rate_limit_address)
    gate = Gate(settings.keys, by_key, by_address, settings.proxies)
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
