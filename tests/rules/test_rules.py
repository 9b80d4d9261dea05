"""The rules, as Prometheus' own tool reads and runs them, and the runbook beside them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.monitoring import ROOT, RULES, alerts, questions

from .conftest import Promtool

HERE = Path(__file__).parent
UNIT_TESTS = sorted(HERE.glob("*.yaml"))
RUNBOOK = ROOT / "docs/runbook.md"


def cases() -> list[dict[str, Any]]:
    """Every case about an alert, of every unit test."""
    return [
        case
        for path in UNIT_TESTS
        for test in yaml.safe_load(path.read_text())["tests"]
        for case in test.get("alert_rule_test", [])
    ]


def test_promtool_finds_no_fault_in_the_rules(promtool: Promtool) -> None:
    for path in RULES:
        checked = promtool("helm/cinecote/files/rules", "check", "rules", "--lint-fatal", path.name)

        assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("path", UNIT_TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_must_and_only_then(promtool: Promtool, path: Path) -> None:
    tested = promtool("tests/rules", "test", "rules", path.name)

    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_a_unit_test_that_expects_something_else_fails(promtool: Promtool, tmp_path: Path) -> None:
    wrong = yaml.safe_load((HERE / "storage.yaml").read_text())
    wrong["rule_files"] = ["/repo/helm/cinecote/files/rules/cinecote.yaml"]
    wrong["tests"][0]["alert_rule_test"][1].pop("exp_alerts")
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(wrong))
    tmp_path.chmod(0o755)

    tested = promtool("tests/rules", "test", "rules", "/wrong/wrong.yaml", mounts={"/wrong": tmp_path})

    assert tested.returncode == 1


def test_prometheus_takes_compose_s_configuration(promtool: Promtool) -> None:
    mounts = {"/etc/prometheus/rules": ROOT / "helm/cinecote/files/rules"}

    checked = promtool("compose/prometheus", "check", "config", "--lint-fatal", "prometheus.yml", mounts=mounts)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 rule files found" in checked.stdout


def test_prometheus_understands_every_panel_s_query(promtool: Promtool, tmp_path: Path) -> None:
    asked = [{"record": f"panel:query_{number}", "expr": each.expression} for number, each in enumerate(questions())]
    (tmp_path / "panels.json").write_text(json.dumps({"groups": [{"name": "panels", "rules": asked}]}))
    tmp_path.chmod(0o755)

    checked = promtool("", "check", "rules", "--lint=none", "/panels/panels.json", mounts={"/panels": tmp_path})

    assert checked.returncode == 0, checked.stderr
    assert f"{len(asked)} rules found" in checked.stdout


@pytest.mark.parametrize("alert", alerts())
def test_every_alert_is_tested_both_ways(alert: str) -> None:
    fires = {bool(case.get("exp_alerts")) for case in cases() if case["alertname"] == alert}

    assert fires == {True, False}


def test_unit_tests_are_about_alerts_that_there_are() -> None:
    assert {case["alertname"] for case in cases()} <= alerts().keys()


@pytest.mark.parametrize("alert", alerts())
def test_every_alert_says_how_bad_what_and_where_to_read_on(alert: str) -> None:
    rule = alerts()[alert]

    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert "$value" in rule["annotations"]["description"]
    assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{alert.lower()}"


def test_the_runbook_has_one_section_for_each_alert_with_its_three_parts() -> None:
    _, *sections = re.split(r"^## ", RUNBOOK.read_text(), flags=re.MULTILINE)
    by_name = {section.partition("\n")[0]: section for section in sections}
    about_alerts = {name: section for name, section in by_name.items() if name.startswith("Cinecote")}

    assert list(about_alerts) == list(alerts())
    for name, section in about_alerts.items():
        for part in ("**Means**", "**Look**", "**Do**"):
            assert section.count(part) == 1, (name, part)
