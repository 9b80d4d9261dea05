"""The ways in which a visitor may come: in a language, with a script or without, on a screen of some width."""

import pytest

PHONE = {"width": 360, "height": 800}

each_two_together = pytest.mark.parametrize(
    ("lang", "script", "viewport"),
    [("fr", True, None), ("en", False, None), ("en", True, PHONE), ("fr", False, PHONE)],
    ids=["fr-script-wide", "en-no script-wide", "en-script-phone", "fr-no script-phone"],
)
"""Of the eight ways four in which any two of language, script and width meet."""
