"""Compose, the chart, `.env.example` and the components' settings agree."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cinecote.settings import ComponentSettings

from .declared import ROOT, SERVICES, SETTINGS, containers, documented, interpolated, made, passwords, read
from .declared import said_to_compose_alone as alone

CHART = {name: container.get("env", []) for name, container in containers().items()}
# What compose sets to another value than a cluster: names by which the server may be asked for.
DIFFERENT = {"MLFLOW_SERVER_ALLOWED_HOSTS"}

every_component = pytest.mark.parametrize("name", SETTINGS)


def comparable(value: str) -> str:
    """A value with its variables' defaults, without passwords and the release's name."""
    plain = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", value)
    return re.sub(r":\$[{(][^})]*[})]@(cinecote-)?", ":…@", plain.replace("//cinecote-", "//"))


def said_by_chart(name: str) -> dict[str, str]:
    return {each["name"]: each["value"] for each in CHART[name] if "value" in each}


@every_component
def test_compose_says_or_passes_on_every_setting_of_a_component(name: str) -> None:
    # Inside a container a service listens where it does by itself.
    ports = {each for each in read(SETTINGS[name]) if re.fullmatch(r"CINECOTE_[A-Z]+_PORT", each)}

    assert set(SERVICES[name]["environment"]) == read(SETTINGS[name]) - ports


@every_component
def test_the_chart_says_only_what_the_component_reads(name: str) -> None:
    said = {each["name"] for each in CHART[name]}

    assert said - {f"{each}_PASSWORD" for each in said} <= read(SETTINGS[name])


@every_component
def test_what_compose_and_the_chart_both_say_is_the_same(name: str) -> None:
    chart = said_by_chart(name)
    said = {key: value for key, value in SERVICES[name]["environment"].items() if value is not None}

    for key in said.keys() & chart.keys() - DIFFERENT:
        assert comparable(said[key]) == comparable(chart[key]), key


@every_component
def test_what_compose_leaves_to_the_component_is_what_the_chart_says(name: str) -> None:
    left = {key for key, value in SERVICES[name]["environment"].items() if value is None} - {"CINECOTE_LOG_FORMAT"}
    chart = {key: value for key, value in said_by_chart(name).items() if key in left}

    assert built(SETTINGS[name], chart) == built(SETTINGS[name], {})


def test_the_chart_says_how_many_rows_are_stored_at_once_and_what_a_run_may_be_like() -> None:
    bounds = {each for each in read(SETTINGS["collect"]) if re.match("CINECOTE_COLLECT_(BATCH|MAX|MIN)_", each)}

    assert bounds <= said_by_chart("collect").keys()


def built(component: type[ComponentSettings], said: dict[str, str]) -> ComponentSettings:
    with pytest.MonkeyPatch.context() as environment:
        for key in read(component):
            environment.delenv(key, raising=False)
        for key, value in said.items():
            environment.setenv(key, value)
        return component()


def test_mlflow_is_asked_for_by_its_name_in_compose_and_from_here() -> None:
    allowed = SERVICES["mlflow"]["environment"]["MLFLOW_SERVER_ALLOWED_HOSTS"].split(",")

    assert allowed == ["mlflow:*", *documented()["MLFLOW_SERVER_ALLOWED_HOSTS"].split(",")]


def test_train_works_in_as_many_processes_as_on_a_cluster() -> None:
    limits = containers()["train"]["resources"]["limits"]

    assert interpolated()["CINECOTE_TRAIN_JOBS"] == f":-{limits['cpu']}"


def test_the_secrets_asked_for_are_those_that_make_env_makes(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".env.example", tmp_path)
    subprocess.run(["make", "-s", "-f", ROOT / "Makefile", "env"], cwd=tmp_path, check=True, capture_output=True)
    written: dict[str, str] = dict(line.split("=") for line in (tmp_path / ".env").read_text().splitlines())

    demanded = {name for name, rest in interpolated().items() if rest.startswith(":?")}
    assert demanded == passwords() == set(SERVICES["mysql-users"]["environment"])
    assert set(written) == made() == secret_keys()
    assert len(set(written.values())) == len(written)
    assert all(re.fullmatch("[A-Za-z0-9_-]{32,}", secret) for secret in written.values())
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def secret_keys() -> set[str]:
    """What the chart's containers need of the Secret."""
    sources = [each.get("valueFrom", {}) for said in CHART.values() for each in said]
    return {source["secretKeyRef"]["key"] for source in sources if "secretKeyRef" in source}


@pytest.mark.parametrize("name", sorted(alone() & interpolated().keys()))
def test_a_documented_value_is_the_one_that_compose_takes_without(name: str) -> None:
    assert interpolated()[name] == f":-{documented()[name]}"


@pytest.mark.parametrize("name", ["BACKUP_KEEP", "BACKUP_MAX_AGE_DAYS"])
def test_backups_are_kept_as_on_a_cluster(name: str) -> None:
    assert documented()[name] == said_by_chart("backup")[name]
