"""The plots of the served model's report, as the page passes them on: a browser never asks the api."""

import re

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from cinecote.model_report import PLOT_NAME, PLOT_POLICY
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiUnavailable
from cinecote_web.moments import When

_HEADERS = {"Content-Security-Policy": PLOT_POLICY, "Cache-Control": "no-cache"}


def plot_answer(api: ApiClient, name: str, when: When) -> ResponseReturnValue:
    """The picture, or that the browser has it already; NotFound where the report has none of this name."""
    if not re.fullmatch(PLOT_NAME, name):
        raise NotFound
    try:
        svg = api.plot(name, when)
    except ApiUnavailable as outage:
        return "", 503, {"Retry-After": str(outage.retry_after)}
    if svg is None:
        raise NotFound
    response = Response(svg, headers=_HEADERS, content_type="image/svg+xml")
    response.add_etag()
    return response.make_conditional(request)
