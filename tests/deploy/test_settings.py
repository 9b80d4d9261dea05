"""The documented settings are those that the components, or compose, read."""

import pytest

from cinecote.settings import ComponentSettings

from .declared import SETTINGS, documented, passwords, read, said_to_compose_alone

COMPONENTS = sorted(set(SETTINGS.values()), key=lambda component: component.__module__)


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    components = set().union(*map(read, COMPONENTS))

    assert set(documented()) - passwords() == components | said_to_compose_alone()


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
