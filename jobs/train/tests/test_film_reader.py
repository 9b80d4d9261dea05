import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from cinecote.exits import CommandError, UsageError
from cinecote_train import film_reader
from cinecote_train.dataset import Films
from cinecote_train.film_reader import read_films

Row = Callable[..., dict[str, Any]]


def titles(site: Any) -> int:
    return len(read_films(site.engine, site.settings))


@pytest.mark.parametrize(
    "facts",
    [{"status": "Rumored"}, {"vote_average": None}, {"vote_count": 49}, {"vote_count": None}],
    ids="-".join,
)
def test_a_film_that_says_nothing_reliable_of_its_category_does_not_count(
    site: Any, make_row: Row, facts: dict[str, Any]
) -> None:
    site.add([make_row("Known", vote_count=50), make_row("Unknown", **facts)])

    assert titles(site) == 1


def test_inputs_stand_in_the_products_order_and_unknown_ones_are_nan(site: Any, make_row: Row) -> None:
    site.add([make_row("A", revenue=3_000_000_000, budget=None, vote_count=70, runtime=90, vote_average=7.0)])

    films = read_films(site.engine, site.settings)

    assert films.inputs[0] == pytest.approx([3e9, np.nan, 70, 90], nan_ok=True)
    assert films.categories.tolist() == [2]
    assert films.release_dates.tolist() == [date(1999, 5, 1)]
    assert films.vote_maps.tolist() == ["imdb/10"]


def test_a_film_told_by_two_sources_counts_once_with_most_votes(site: Any, make_row: Row) -> None:
    site.add(
        [
            make_row("L'Été", source="a", vote_count=100, runtime=100),
            make_row("L’ete", source="b", vote_count=200, runtime=102),
            make_row("l ete", source="c", vote_count=150, runtime=None),
        ]
    )

    films = read_films(site.engine, site.settings)

    assert films.sources.tolist() == ["b"]


def test_films_of_one_title_and_year_with_other_running_times_are_two(site: Any, make_row: Row) -> None:
    site.add([make_row("Alone", source="a", runtime=100), make_row("Alone", source="b", runtime=103)])

    assert titles(site) == 2


def test_the_order_of_the_rows_changes_nothing(make_site: Callable[..., Any], make_row: Row) -> None:
    rows = [make_row(f"Film {number}", source=source, vote_count=60) for number in range(4) for source in "ab"]
    digests = set()

    for place, order in enumerate(itertools.islice(itertools.permutations(rows), 0, 5_000, 1_000)):
        site = make_site(str(place))
        site.add(list(order))
        digests.add(read_films(site.engine, site.settings).sha256)

    assert len(digests) == 1


def test_the_digest_follows_the_data(made_films: Films) -> None:
    changed = made_films.inputs.copy()
    changed[5, 2] += 1

    other = Films(**(vars(made_films) | {"inputs": changed}))

    assert other.sha256 != made_films.sha256
    assert made_films.take(np.arange(len(made_films))).sha256 == made_films.sha256


def test_every_page_is_read(site: Any, make_row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    site.add([make_row(f"Film {number}") for number in range(25)])
    monkeypatch.setattr(film_reader, "_PAGE", 10)

    assert titles(site) == 25


def test_no_film_is_said_with_what_to_type(site: Any) -> None:
    with pytest.raises(CommandError, match="cinecote-collect sample"):
        titles(site)


def test_thresholds_that_do_not_rise_are_named(site: Any, make_row: Row) -> None:
    site.add([make_row("A")])

    with pytest.raises(UsageError, match="CINECOTE_THRESHOLD_MOYEN must be lower"):
        read_films(site.engine, site.settings.model_copy(update={"threshold_moyen": 7.0}))
