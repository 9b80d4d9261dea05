"""The dashboards are ones that Grafana takes, and ask for what there is."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, ProcessCollector
from tests.monitoring import DASHBOARDS, Question, alerts, load, metric_names, panels, questions, rules

from cinecote import metrics

from .grafana_schema import faults

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
HISTOGRAMS = {metrics.REQUEST_DURATION, metrics.PREDICTION_PROBABILITY, metrics.INPUT}
# The kubelet's cAdvisor tells these of every container.
CONTAINERS = {
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "container_spec_memory_limit_bytes",
    "container_start_time_seconds",
    "container_network_receive_bytes_total",
    "container_network_transmit_bytes_total",
}

every_dashboard = pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)


@every_dashboard
def test_grafana_s_own_model_reads_a_dashboard_and_loses_nothing(path: Path) -> None:
    assert faults(load(path)) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", "no-such-panel"),
        ("title", 7),
        ("gridPos", {"x": "0", "y": 0, "w": 4, "h": 4}),
        ("tooltips", True),
        ("datasource", {"type": "no-such-source", "uid": "x"}),
        ("options", {"graphMode": "no-such-mode"}),
        ("options", {"noSuchOption": True}),
        ("fieldConfig", {"defaults": {"min": "0"}, "overrides": []}),
    ],
)
def test_what_grafana_doesn_t_know_is_found(member: str, value: object) -> None:
    broken = load(DASHBOARDS[0])
    broken["panels"][0][member] = value

    assert faults(broken)


@every_dashboard
def test_every_panel_says_what_it_shows_in_which_unit_and_from_where(path: Path) -> None:
    for panel in panels(load(path)):
        assert panel["title"], panel["id"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"], panel["title"]
        assert panel["datasource"] == DATASOURCE, panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]


@every_dashboard
def test_a_dashboard_s_datasource_is_chosen_on_it(path: Path) -> None:
    variables = {variable["name"]: variable for variable in load(path)["templating"]["list"]}

    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    assert variables["namespace"]["allValue"] == ".*"


@every_dashboard
def test_panels_fill_the_grid_and_overlap_nowhere(path: Path) -> None:
    dashboard = load(path)
    cells = [
        (x, y)
        for panel in [*panels(dashboard), *(each for each in dashboard["panels"] if each["type"] == "row")]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    height = 1 + max(y for _, y in cells)
    assert len(set(cells)) == len(cells) == 24 * height


def test_ids_and_titles_are_unique() -> None:
    dashboards = [load(path) for path in DASHBOARDS]

    assert [each["uid"] for each in dashboards] == [f"cinecote-{path.stem}" for path in DASHBOARDS]
    assert len({each["title"] for each in dashboards}) == len(dashboards) == 4
    for dashboard in dashboards:
        shown = list(panels(dashboard))
        numbers = [panel["id"] for panel in [*shown, *(each for each in dashboard["panels"] if each["type"] == "row")]]
        assert len(set(numbers)) == len(numbers)
        assert len({panel["title"] for panel in shown}) == len(shown)


def known() -> set[str]:
    """Every series that our services, the exporters and Prometheus itself tell, and what our rules record."""
    told = {metric for metric in vars(metrics).values() if isinstance(metric, metrics.Metric)}
    names = {metric.name for metric in told - HISTOGRAMS}
    names |= {metric.name + part for metric in HISTOGRAMS for part in ("_bucket", "_sum", "_count")}
    process = ProcessCollector(registry=CollectorRegistry()).collect()
    names |= {sample.name for family in process for sample in family.samples}
    return names | CONTAINERS | {"up"} | {rule["record"] for rule in rules() if "record" in rule}


@pytest.mark.parametrize("question", questions(), ids=str)
def test_panels_ask_for_series_that_there_are_and_invent_none(question: Question) -> None:
    names = metric_names(question.expression)

    assert names
    assert names <= known()
    assert "vector(" not in question.expression


def test_rules_ask_for_series_that_there_are() -> None:
    for rule in rules():
        assert metric_names(rule["expr"]), rule
        assert metric_names(rule["expr"]) <= known(), rule


def test_every_alert_that_a_panel_names_is_one() -> None:
    words = {
        word.strip(",.")
        for path in DASHBOARDS
        for panel in panels(load(path))
        for word in panel["description"].split()
        if word.startswith("Cinecote")
    }

    assert words
    assert words <= alerts().keys()


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (
            'sum by (job) (rate(a_total{job=~"(x|y)", b="c_d"}[$__rate_interval])) / on (job) group_left (e) f',
            {"a_total", "f"},
        ),
        ("time() - max by (x) (g:h_i) > 35 * 24 * 3600", {"g:h_i"}),
        ("histogram_quantile(0.9, sum by (le) (rate(j_bucket[5m]))) or 0 * k unless l", {"j_bucket", "k", "l"}),
    ],
)
def test_names_are_found_in_an_expression(expression: str, names: set[str]) -> None:
    assert metric_names(expression) == names
