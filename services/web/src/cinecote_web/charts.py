"""`/charts`: the named queries on the films, as a chart, a table and CSV."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from cinecote.films import CATEGORIES
from cinecote_web.api_client import ApiClient
from cinecote_web.api_faults import ApiRefused, ApiUnavailable
from cinecote_web.bar_chart import bar_chart
from cinecote_web.cells import shown
from cinecote_web.chart_layout import lay_out
from cinecote_web.drawings import DRAWINGS
from cinecote_web.query_answers import NamedQuery


def chart_pages(api: ApiClient) -> Blueprint:
    """`/charts`, `/charts/<name>` and `/charts/<name>.csv`; the address holds the query's parameters."""
    pages = Blueprint("charts", __name__)

    @pages.get("/charts")
    def index() -> ResponseReturnValue:
        return render_template("charts/index.html", queries=_in_order(api.queries()))

    @pages.get("/charts/<name>")
    def page(name: str) -> ResponseReturnValue:
        queries = _in_order(api.queries())
        query = _named(queries, name)
        return _answer(api, queries, query, _typed(query))

    @pages.get("/charts/<name>.csv")
    def table(name: str) -> ResponseReturnValue:
        query = _named(api.queries(), name)
        stream = api.query_csv(name, _typed(query))
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(stream, headers=headers, content_type="text/csv; charset=utf-8")

    @pages.errorhandler(ApiUnavailable)
    def away(outage: ApiUnavailable) -> ResponseReturnValue:
        shown = render_template("charts/away.html", outage=outage.reason)
        return shown, 503, {"Retry-After": str(outage.retry_after)}

    @pages.errorhandler(ApiRefused)
    def refused(_refusal: ApiRefused) -> ResponseReturnValue:
        return render_template("errors/page.html", error="request", status=422), 422

    return pages


def _answer(
    api: ApiClient, queries: Sequence[NamedQuery], query: NamedQuery, typed: Mapping[str, str]
) -> ResponseReturnValue:
    template, asked = "charts/page.html", {"queries": queries, "query": query, "typed": typed}
    try:
        table = api.query(query.name, typed)
    except ApiRefused as refusal:
        faults = {fault.pointer.removeprefix("?") for fault in refusal.faults}
        return render_template(template, **asked, table=None, chart=None, faults=faults), 422
    drawing = DRAWINGS.get(query.name)
    chart = bar_chart(table, drawing) if drawing else None
    drawn = {"table": table, "chart": chart, "show": shown, "lay_out": lay_out, "categories": CATEGORIES}
    return render_template(template, **asked, **drawn, faults=())


def _in_order(queries: Sequence[NamedQuery]) -> list[NamedQuery]:
    """Those that are drawn first, in the drawings' order."""
    places = {name: place for place, name in enumerate(DRAWINGS)}
    return sorted(queries, key=lambda query: places.get(query.name, len(places)))


def _named(queries: Sequence[NamedQuery], name: str) -> NamedQuery:
    for query in queries:
        if query.name == name:
            return query
    raise NotFound


def _typed(query: NamedQuery) -> dict[str, str]:
    """What the address says of the query's parameters; an empty one has its default."""
    typed = {parameter.name: request.args.get(parameter.name, "").strip() for parameter in query.parameters}
    return {name: text for name, text in typed.items() if text}
