import json
from datetime import timedelta

from sqlalchemy import Engine, insert

from cinecote.asked_reader import asked_films, newest
from cinecote.database import now
from cinecote.tables import predictions

MODEL = "film-category"


def write(engine: Engine, answers: int, *, model: str = MODEL, days_ago: float = 0, films: int = 1) -> None:
    rows = [
        {
            "at": now() - timedelta(days=days_ago),
            "request_id": "ours",
            "model": model,
            "version": "1",
            "role": "champion",
            "films": films,
            "inputs": json.dumps([[number, film, None, 90.0 + film % 2, None] for film in range(films)]),
            "probabilities": json.dumps([[0.2, 0.3, 0.5]] * films),
        }
        for number in range(answers)
    ]
    with engine.begin() as connection:
        connection.execute(insert(predictions), rows)


def numbers(engine: Engine, days: float = 7) -> list[float]:
    """The first input of each film that is read."""
    with engine.connect() as connection:
        return [
            film.inputs[0] or 0.0 for ids in newest(connection, days) for film in asked_films(connection, MODEL, ids)
        ]


def test_what_was_asked_of_one_model_within_the_days_is_read_once(engine: Engine) -> None:
    write(engine, 3, days_ago=8)
    write(engine, 1_200, days_ago=6)
    write(engine, 40, model="another")

    assert sorted(numbers(engine)) == list(range(1_200))


def test_nothing_asked_is_nothing_read(engine: Engine) -> None:
    write(engine, 3, days_ago=8)

    assert numbers(engine) == []


def test_of_a_large_log_a_part_is_read_from_its_beginning_to_its_end(engine: Engine) -> None:
    write(engine, 50_000)

    read = sorted(numbers(engine))

    assert len(read) == len(set(read)) == 20_000
    assert (read[0], read[-1]) == (0, 49_999)


def test_large_batches_are_read_in_part(engine: Engine) -> None:
    write(engine, 9, films=2_000)

    read = numbers(engine)

    assert len(read) == 1_000
    assert len(set(read)) == 2
