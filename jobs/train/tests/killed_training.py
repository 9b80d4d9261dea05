"""Trains in a process of its own that SIGKILLs itself at one of its steps: `killed_training.py STEP`."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from cinecote.database import connect
from cinecote_train import ledger, progress, telemetry, training
from cinecote_train.algorithms import ALGORITHMS
from cinecote_train.recipe import Budget, Recipe
from cinecote_train.search import Effort
from cinecote_train.settings import TrainSettings
from cinecote_train.tracking import Registry

STEPS: dict[str, tuple[Any, str]] = {
    "the model's files are logged": (training, "log_model"),
    "the version is created": (Registry, "register"),
    "the ledger is written": (ledger, "record"),
    "the alias is moved": (Registry, "make_champion"),
}


def kill_after(owner: Any, name: str) -> None:
    """Make `owner.name` do its work and then end this process as the kernel would."""
    whole: Callable[..., Any] = getattr(owner, name)

    def last(*arguments: Any, **options: Any) -> None:
        whole(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, last)


if __name__ == "__main__":
    telemetry.switch_off()
    kill_after(*STEPS[sys.argv[1]])
    settings = TrainSettings()
    engine = connect(settings.database_url.get_secret_value())
    recipe = Recipe("run", Effort(trials=2, factor=2, folds=2), 0, ALGORITHMS[:1], ())
    training.train(engine, settings, recipe, Budget(600), progress.LogWatcher())
