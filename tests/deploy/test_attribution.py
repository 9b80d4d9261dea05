"""What TMDB asks to be said is in each README, word for word."""

import pytest
from tests.monitoring import ROOT

from cinecote.attribution import TMDB_NOTICE


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_a_readme_says_what_tmdb_asks_to_be_said(name: str) -> None:
    assert TMDB_NOTICE in " ".join((ROOT / name).read_text(encoding="utf-8").split())
