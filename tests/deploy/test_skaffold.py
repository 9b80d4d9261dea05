"""Skaffold's file is one that Skaffold takes, and fits the chart that it installs."""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .declared import ROOT, SKAFFOLD, load

VALUES = load("helm/cinecote/values.yaml")
KUBE_PROMETHEUS, CINECOTE = SKAFFOLD
(RELEASE,) = CINECOTE["deploy"]["helm"]["releases"]


def leaves(values: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Every value by its dotted name."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= leaves(value, f"{above}{key}.") if isinstance(value, dict) and value else {f"{above}{key}": value}
    return found


def patched() -> set[str]:
    """The values that a profile sets."""
    place = "/deploy/helm/releases/0/setValues/"
    return {patch["path"].removeprefix(place) for profile in CINECOTE["profiles"] for patch in profile["patches"]}


@pytest.mark.parametrize("document", SKAFFOLD, ids=lambda document: str(document["metadata"]["name"]))
def test_skaffold_s_own_schema_takes_it(document: dict[str, Any]) -> None:
    path = os.environ.get("CINECOTE_TEST_SKAFFOLD_SCHEMA")
    if not path:
        pytest.skip("CINECOTE_TEST_SKAFFOLD_SCHEMA doesn't name Skaffold's schema, which its documentation offers")
    schema = json.loads(Path(path).read_text(encoding="utf-8"))

    assert f"skaffold/{re.findall('v[0-9a-z]+', path)[-1]}" == document["apiVersion"]
    jsonschema.validate(document, schema)


def test_what_it_sets_are_values_of_the_chart() -> None:
    assert {*RELEASE["setValues"], *RELEASE["setValueTemplates"], *patched()} <= leaves(VALUES).keys()


def test_every_image_of_our_own_is_built_and_set() -> None:
    repositories = {
        name.removesuffix(".repository"): value
        for name, value in leaves(VALUES).items()
        if name.endswith(".image.repository") and value.startswith("cinecote-")
    }
    variables = {place: image.replace("-", "_") for place, image in repositories.items()}

    assert {artifact["image"] for artifact in CINECOTE["build"]["artifacts"]} == set(repositories.values())
    assert RELEASE["setValueTemplates"] == {
        f"{place}.{part}": f"{{{{.IMAGE_{short}_{variable}}}}}"
        for place, variable in variables.items()
        for part, short in (("repository", "REPO"), ("tag", "TAG"))
    }


def test_what_it_names_is_there() -> None:
    synced = [
        rule["src"]
        for artifact in CINECOTE["build"]["artifacts"]
        for rule in artifact.get("sync", {}).get("manual", [])
    ]
    releases = [release for profile in KUBE_PROMETHEUS["profiles"] for release in profile["deploy"]["helm"]["releases"]]
    values = [path for release in releases for path in release["valuesFiles"]]

    assert synced
    assert values
    for path in [RELEASE["chartPath"], *values, *(source.removesuffix("**") for source in synced)]:
        assert (ROOT / path).exists(), path
