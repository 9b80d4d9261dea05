from datetime import datetime, timedelta

from cinecote.asked import MOST_OF_AN_ANSWER, AskedFilm, distinct, films_of, is_sweep

AT = datetime.fromisoformat("2026-11-20T12:00:00")


def asked(budget: float) -> AskedFilm:
    return AskedFilm(AT, "1", (None, budget, 1.0, None, None), (0.5, 0.3, 0.2))


def test_a_film_that_is_asked_about_again_and_again_counts_once_by_its_newest_answer() -> None:
    later = AskedFilm(AT + timedelta(days=1), "2", asked(5.0).inputs, (0.2, 0.2, 0.6))

    assert distinct([asked(5.0), later, asked(5.0), asked(6.0)]) == [later, asked(6.0)]


def test_a_curve_along_one_input_is_no_film_s() -> None:
    curve: list[tuple[float | None, ...]] = [(None, float(budget), 500.0, None, None) for budget in range(1, 50)]

    assert is_sweep(curve)
    assert not is_sweep(curve[:2])
    assert not is_sweep([*curve, (1e6, 2e6, 500.0, None, None)])
    # A table of a single column, of which a value may come again.
    assert not is_sweep([(None, float(budget), None, None, None) for budget in range(1, 50)])
    assert not is_sweep([*curve, curve[0]])
    assert list(films_of(AT, "1", "[[1,2],[1,3],[1,4]]", "[]")) == []


def test_of_a_large_batch_some_films_are_taken_evenly() -> None:
    inputs = str([[number, number % 7] for number in range(10 * MOST_OF_AN_ANSWER)])
    answers = str([[number] for number in range(10 * MOST_OF_AN_ANSWER)])

    films = list(films_of(AT, "1", inputs, answers))

    assert [film.inputs[0] for film in films] == list(range(0, 10 * MOST_OF_AN_ANSWER, 10))
    assert all(film.inputs[:1] == film.probabilities for film in films)
