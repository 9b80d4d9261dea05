"""`cinecote-web`: serves the page."""

import sys
from secrets import token_bytes

from flask import Flask
from jinja2 import StrictUndefined
from prometheus_client import CollectorRegistry, ProcessCollector

from cinecote import exits
from cinecote.logs import configure_logs
from cinecote.settings import read_settings
from cinecote_web.admin import admin_pages
from cinecote_web.admin_key import AdminKeys
from cinecote_web.api_client import ApiClient
from cinecote_web.batch import batch_pages
from cinecote_web.charts import chart_pages
from cinecote_web.error_pages import show_errors
from cinecote_web.estimate import estimate_pages
from cinecote_web.films import film_pages
from cinecote_web.form_tokens import FormTokens, guard_forms
from cinecote_web.health import health_checks
from cinecote_web.language import load_languages
from cinecote_web.language_choice import offer_languages
from cinecote_web.model import NO_LINKS, Links, ModelPage, model_pages
from cinecote_web.requests_seen import watch_requests
from cinecote_web.security_headers import secure
from cinecote_web.server import serve
from cinecote_web.settings import WebSettings


def create_app(api: ApiClient, links: Links = NO_LINKS, secret: bytes | None = None) -> Flask:
    """The page, which asks `api` and leads to `links`; all that serve it together have the same `secret`."""
    app = Flask("cinecote_web")
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    watch_requests(app, registry)
    offer_languages(app, load_languages())
    secure(app)
    show_errors(app)
    secret = secret or token_bytes()
    tokens, keys = FormTokens(secret), AdminKeys(secret)
    guard_forms(app, tokens)
    app.register_blueprint(estimate_pages(api))
    app.register_blueprint(batch_pages(api, tokens))
    app.register_blueprint(film_pages(api))
    app.register_blueprint(chart_pages(api))
    model = ModelPage(api, links, keys)
    app.register_blueprint(model_pages(api, model))
    app.register_blueprint(admin_pages(api, keys, model.show))
    app.register_blueprint(health_checks(api, registry))
    return app


def _serve() -> None:
    settings = read_settings(WebSettings)
    configure_logs("web", settings.log_level, settings.log_format)
    key = settings.api_key.get_secret_value() if settings.api_key else None
    secret = settings.secret.get_secret_value().encode() if settings.secret else None
    with ApiClient(settings.api_url, settings.api_timeout, key) as api:
        serve(create_app(api, Links(settings.mlflow_page, settings.grafana_page), secret), settings)


def main() -> None:
    sys.exit(exits.run(_serve))
