import numpy as np
import pytest

from cinecote.exits import CommandError
from cinecote_train.dataset import Films
from cinecote_train.held_out import split
from cinecote_train.splits import OUTER_FOLDS, by_date, final, folds


def test_no_film_is_both_trained_on_and_held_out(made_films: Films) -> None:
    training, held_out = split(made_films, 0.15)

    assert not set(training.identities) & set(held_out.identities)
    assert len(training) + len(held_out) == len(made_films)


def test_too_few_films_of_a_category_are_counted_for_the_reader(made_films: Films) -> None:
    few = made_films.take(np.flatnonzero(made_films.categories != 2))

    with pytest.raises(CommandError, match=r"too few films.*0 bien.*needs 40"):
        split(few, 0.15)


def test_held_out_films_without_a_category_are_said(made_films: Films) -> None:
    with pytest.raises(CommandError, match="CINECOTE_HELD_OUT"):
        split(made_films, 1e-6)


def test_each_film_is_scored_once_by_a_fold_that_never_saw_it(made_films: Films) -> None:
    parts = folds(made_films, 0, OUTER_FOLDS)

    scored = np.concatenate([part.scored for part in parts])
    assert sorted(scored) == list(range(len(made_films)))
    assert len(parts) == OUTER_FOLDS
    for part in parts:
        assert not set(part.seen) & set(part.scored)


def test_entries_of_one_title_and_year_fall_in_one_fold(made_films: Films) -> None:
    pairs = made_films.identities.copy()
    pairs[1::2] = pairs[::2]

    parts = folds(Films(**(vars(made_films) | {"identities": pairs})), 0, OUTER_FOLDS)

    scored = np.concatenate([part.scored for part in parts])
    assert sorted(scored) == list(range(len(made_films)))
    for part in parts:
        assert not set(pairs[part.seen]) & set(pairs[part.scored])


def test_folds_keep_the_categories_shares(made_films: Films) -> None:
    shares = np.bincount(made_films.categories) / len(made_films)

    for part in folds(made_films, 0, OUTER_FOLDS):
        own = np.bincount(made_films.categories[part.scored]) / len(part.scored)
        assert own == pytest.approx(shares, abs=0.02)


def test_by_date_only_older_films_are_seen(made_films: Films) -> None:
    part = by_date(made_films)

    dates = made_films.release_dates
    assert dates[part.seen].max() < dates[part.scored].min()
    assert len(part.scored) == pytest.approx(0.2 * len(made_films), rel=0.05)


def test_a_film_without_a_date_takes_no_part_in_the_split_by_date(made_films: Films) -> None:
    dates = made_films.release_dates.copy()
    dates[:50] = np.datetime64("NaT")

    part = by_date(Films(**(vars(made_films) | {"release_dates": dates})))

    assert min(part.seen.min(), part.scored.min()) >= 50


def test_an_older_entry_of_a_newest_film_is_not_seen(made_films: Films) -> None:
    oldest, newest = made_films.release_dates.argmin(), made_films.release_dates.argmax()
    identities = made_films.identities.copy()
    identities[oldest] = identities[newest]

    part = by_date(Films(**(vars(made_films) | {"identities": identities})))

    assert newest in part.scored
    assert oldest not in part.seen


@pytest.mark.parametrize("date", ["NaT", "1999-05-01"], ids=["no film has a date", "all came out on one day"])
def test_films_that_dates_do_not_part_are_said(date: str, made_films: Films) -> None:
    dates = np.full(len(made_films), np.datetime64(date))

    with pytest.raises(CommandError, match=r"too few dated films.* 0 are older"):
        by_date(Films(**(vars(made_films) | {"release_dates": dates})))


def test_films_of_which_none_is_complete_are_said(made_films: Films) -> None:
    inputs = made_films.inputs.copy()
    inputs[:, 1] = np.nan

    with pytest.raises(CommandError, match="no film has every input known"):
        split(Films(**(vars(made_films) | {"inputs": inputs})), 0.15)


def test_the_final_model_sees_every_training_film(made_films: Films) -> None:
    part = final(made_films)

    assert len(part.seen) == len(made_films)
    assert len(part.scored) == 0
