"""What a training makes of a champion that was rolled back, and of a rollback at the same time."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from cinecote import ledger
from cinecote.database import promotion_lock
from cinecote.registry import CHAMPION, MODEL_NAME
from cinecote_train import training
from cinecote_train.run_log import log_model
from cinecote_train.training import Trained

Train = Callable[..., Trained]
FILMS = 450


@pytest.fixture
def rolled_back(challenged: Any, copy_site: Callable[..., Any]) -> Any:
    """A site whose second version was served, and then the first one again, as the api's rollback leaves it."""
    site = copy_site(challenged)
    ledger.record(site.engine, "1", "2", ledger.ROLLED_BACK, "asked for by an admin", {})
    site.mlflow.set_registered_model_alias(MODEL_NAME, CHAMPION, "1")
    return site


def test_a_rollback_is_not_undone_by_the_next_training_on_the_same_films(rolled_back: Any, train_site: Train) -> None:
    first, second = train_site(rolled_back).settled, train_site(rolled_back).settled

    assert (first.version, first.decision.kind, first.decision.reason) == (
        "2",
        "refused",
        "the same model was rolled back",
    )
    assert (second.version, second.decision.reason) == (first.version, first.decision.reason)
    assert rolled_back.champion() == "1"
    assert rolled_back.ledger()[-2:] == [("1", "2", "rolled_back"), ("2", "1", "refused")]


def test_after_a_rollback_a_model_of_other_films_is_promoted(
    rolled_back: Any, train_site: Train, make_row: Callable[..., dict[str, Any]]
) -> None:
    rolled_back.add([make_row(f"Newer film {number}", vote_average=6.5) for number in range(3)])

    settled = train_site(rolled_back).settled

    assert (settled.version, settled.decision.kind) == ("3", "promoted")
    assert rolled_back.ledger()[-1] == ("3", "1", "promoted")


def test_a_training_waits_for_a_rollback_that_is_under_way(
    make_site: Callable[..., Any], train_site: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, logged = make_site(count=FILMS), threading.Event()

    def log_and_tell(*given: Any) -> None:
        log_model(*given)
        logged.set()

    monkeypatch.setattr(training, "log_model", log_and_tell)
    running = threading.Thread(target=lambda: train_site(site))

    with promotion_lock(site.engine, wait=False):
        running.start()
        assert logged.wait(120)
        running.join(2)
        waiting = running.is_alive()
        ledger_meanwhile = site.ledger()
    running.join()

    assert waiting
    assert ledger_meanwhile == []
    assert site.champion() == "1"
