"""What a film was to the training of the model that is served."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from cinecote.films import film_identity, is_held_out
from cinecote.registry import MANIFEST_FILE

LEARNED, HELD_OUT = (
    next(title for title in map("Film {}".format, range(100)) if held is is_held_out(film_identity(title, None), 0.15))
    for held in (False, True)
)
VOTED = {"vote_average": 7.0, "vote_count": 50}


@pytest.fixture
def serving(
    database: Engine, tmp_path: Path, make_client: Callable[..., TestClient], make_model: Callable[..., Path],
    registry: Any, eventually: Callable[[Callable[[], bool]], None],
) -> Iterator[TestClient]:  # fmt: skip
    """The API over `database`, with a model that was trained on 2026-11-23."""
    registry.promote(make_model(tmp_path / "model"), 7)
    with make_client(tmp_path, database_url=database.url.render_as_string(hide_password=False)) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.mark.parametrize(
    ("title", "facts", "training"),
    [
        (LEARNED, {}, "learned"),
        (HELD_OUT, {}, "held_out"),
        (LEARNED, {"vote_count": 49}, "not_counted"),
        (LEARNED, {"vote_count": None}, "not_counted"),
        (LEARNED, {"vote_average": None}, "not_counted"),
        (HELD_OUT, {"status": "Rumored"}, "not_counted"),
        (LEARNED, {"fetched_at": datetime.fromisoformat("2026-11-24")}, None),
        (HELD_OUT, {"fetched_at": datetime.fromisoformat("2026-11-24")}, "held_out"),
    ],
)
def test_a_film_is_told_with_what_it_was_to_the_training(
    serving: TestClient, add_film: Callable[..., int], title: str, facts: dict[str, Any], training: str | None
) -> None:
    film_id = add_film(title, **(VOTED | facts))

    assert serving.get(f"/v1/films/{film_id}").json()["training"] == training


def test_of_a_model_that_tells_no_share_nothing_can_be_told(
    database: Engine, tmp_path: Path, make_client: Callable[..., TestClient], make_model: Callable[..., Path],
    registry: Any, eventually: Callable[[Callable[[], bool]], None], add_film: Callable[..., int],
) -> None:  # fmt: skip
    model = make_model(tmp_path / "model")
    manifest = json.loads((model / MANIFEST_FILE).read_text())
    del manifest["data"]["held_out_share"]
    (model / MANIFEST_FILE).write_text(json.dumps(manifest))
    registry.promote(model, 7)
    film_id = add_film(LEARNED, **VOTED)

    with make_client(tmp_path, database_url=database.url.render_as_string(hide_password=False)) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        assert client.get(f"/v1/films/{film_id}").json()["training"] is None
