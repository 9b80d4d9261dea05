"""What the champion may be asked about when another version is judged."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cinecote.registry import MODEL_NAME
from cinecote_train.champion import Champion, read_champion
from cinecote_train.film_reader import read_films
from cinecote_train.held_out import outside
from cinecote_train.tracking import Registry


@pytest.mark.parametrize(("share", "answered"), [(0.05, 0.05), (0.15, 0.15), (0.4, 0.15)])
def test_without_answers_of_its_run_a_champion_answers_only_for_films_that_it_kept_apart(
    shared_site: Any, share: float, answered: float
) -> None:
    films = read_films(shared_site.engine, shared_site.settings)
    champion = read_champion(Registry(shared_site.settings.tracking_uri.get_secret_value(), MODEL_NAME), films, None)
    assert isinstance(champion, Champion)

    answers = replace(champion, out_of_fold=None).honest(films, share)

    assert (~np.isnan(answers).any(axis=1) == outside(films, answered)).all()
