"""The documented settings are those that the components read."""

import re
from pathlib import Path

import pytest

from cinecote.migrate import MigrateSettings
from cinecote.settings import ComponentSettings
from cinecote.storage_metrics import StorageSettings
from cinecote_api.settings import ApiSettings
from cinecote_collect.settings import CollectSettings
from cinecote_mlflow.settings import MlflowSettings
from cinecote_train.settings import TrainSettings
from cinecote_web.settings import WebSettings

ROOT = Path(__file__).parents[2]
COMPONENTS: list[type[ComponentSettings]] = [
    ApiSettings,
    CollectSettings,
    MigrateSettings,
    MlflowSettings,
    StorageSettings,
    TrainSettings,
    WebSettings,
]


def documented() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := re.fullmatch(r"#? ?([A-Z][A-Z0-9_]+)=(.*)", line))}


def passwords() -> set[str]:
    """Those of MySQL's users: compose and the chart read them, no component does."""
    return {name for name in documented() if re.fullmatch("MYSQL_[A-Z]+_PASSWORD", name)}


def read(component: type[ComponentSettings]) -> set[str]:
    return {str(field.validation_alias) for field in component.model_fields.values()}


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert set(documented()) - passwords() == set().union(*map(read, COMPONENTS))


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__module__)
def test_the_documented_values_are_the_defaults(
    component: type[ComponentSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in read(component):
        monkeypatch.delenv(name, raising=False)
    defaults = component()
    for name, value in documented().items():
        monkeypatch.setenv(name, value)

    assert component() == defaults
