"""The API keeps to its own description, whatever it is sent."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from cinecote.database import connect, now
from cinecote.migrate import migrate
from cinecote.registry import BEFORE_RELEASE_NAME
from cinecote.tables import films
from cinecote_api.access.keys import make_key

from .fuzzing import ASKED, examples
from .processes import Process, environment_in

TOKEN, KEY = make_key("us", ["admin"])
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def process(
    tmp_path_factory: pytest.TempPathFactory, make_model: Callable[..., Path], make_registry: Callable[[Path], Any],
    carried: dict[str, bytes], eventually: Any,
) -> Iterator[Process]:  # fmt: skip
    """The command, with both models and some films; ADMIN's key opens everything."""
    folder = tmp_path_factory.mktemp("api")
    registry = make_registry(folder)
    registry.promote(make_model(folder / "model", beside=carried), 7)
    before = make_model(folder / "before", inputs=["budget", "runtime"], name=BEFORE_RELEASE_NAME)
    type(registry)(registry.path, BEFORE_RELEASE_NAME).promote(before, 3)
    _store_films(folder)
    process = Process(environment_in(folder) | {"CINECOTE_API_KEYS": str(KEY)})
    eventually(process.is_ready)
    yield process
    process.stop()


def _store_films(folder: Path) -> None:
    engine = connect(f"sqlite:///{folder}/cinecote.db")
    migrate(engine)
    film = {"source": "sample", "genres": ["Drama"], "status": "Released", "content_hash": "", "fetched_at": now()}
    facts = {"release_date": date(1999, 3, 31), "budget": 63_000_000, "vote_count": 25_000, "vote_average": 8.2}
    with engine.begin() as connection:
        for number in range(1, 30):
            known = dict(list(facts.items())[: number % 5])
            values = film | known | {"id": number, "source_id": str(number), "title": f"Film {number}"}
            connection.execute(insert(films).values(**values))
    engine.dispose()


def test_every_answer_is_one_that_is_described(process: Process, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("schemathesis")), f"--config-file={CONFIGURATION}", "run"]
    asked = [f"http://127.0.0.1:{process.port}/openapi.json", f"--header=Authorization: Bearer {TOKEN}"]
    # The same requests at every run, but where it is asked for many.
    seed = [] if ASKED else ["--seed=1"]
    settings = ["--checks=all", f"--max-examples={examples(10)}", "--suppress-health-check=all", "--no-color"]

    done = subprocess.run(
        [*command, *asked, *settings, *seed], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[:20_000]
