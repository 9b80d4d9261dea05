"""WCAG 2.2 AA: 4.5 for text, 3 for what is told by shape or edge alone."""

import re
from pathlib import Path

import pytest

import cinecote_web

TEXT, SHAPE = 4.5, 3.0
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "quiet", "accent") for ground in ("paper", "card")],
    *[(category, ground, TEXT) for category in ("mediocre", "moyen", "bien") for ground in ("paper", "card")],
    ("on-accent", "accent", TEXT),
    ("fault", "card", TEXT),
    ("fault", "fault-paper", TEXT),
    ("ink", "fault-paper", TEXT),
    ("fault", "paper", TEXT),
    ("edge", "paper", SHAPE),
    ("edge", "card", SHAPE),
    ("mediocre", "track", SHAPE),
    ("moyen", "track", SHAPE),
    ("bien", "track", SHAPE),
]


def themes() -> dict[str, dict[str, str]]:
    sheet = (Path(cinecote_web.__file__).parent / "static" / "base.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks)
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_that_meet_stand_apart(theme: str, ink: str, ground: str, least: float) -> None:
    colours = themes()[theme]

    lighter, darker = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_both_themes_name_the_same_colours() -> None:
    light, dark = themes().values()

    assert light.keys() == dark.keys()
