"""Trains in processes that SIGKILL themselves right after one of their steps: `killed_training.py STEP=FOLDER…`.

Says for each, in their order, by which signal it ended.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cinecote import ledger
from cinecote.database import connect
from cinecote.logs import configure_logs
from cinecote.models import AFTER_RELEASE
from cinecote_train import progress, telemetry, training
from cinecote_train.algorithms import ALGORITHMS, Algorithm
from cinecote_train.kept_searches import KeptSearches
from cinecote_train.recipe import Recipe
from cinecote_train.search import Effort
from cinecote_train.settings import TrainSettings
from cinecote_train.tracking import Registry

STEPS: dict[str, tuple[Any, str, int]] = {
    "a search is kept": (KeptSearches, "__setitem__", 1),
    "the model's files are logged": (training, "log_model", 1),
    "the version is created": (Registry, "register", 1),
    "the ledger is written": (ledger, "record", 1),
    "the alias is moved": (Registry, "make_champion", 1),
}
"""Whose work it is, its name, and which time it is done."""


QUICK = replace(ALGORITHMS[0], space={"polynomial__degree": [1], "classifier__C": [0.1]})
"""The first algorithm with a space that is searched in no time: what follows a search doesn't depend on it."""


def quick_recipe(
    algorithms: Sequence[Algorithm] = (QUICK,),
    baselines: Mapping[str, Sequence[Algorithm]] = MappingProxyType({}),
    accept_data: bool = False,
    report: bool = False,
    vote: bool = False,
) -> Recipe:
    """A short search."""
    effort = Effort(trials=2, factor=2, folds=2)
    return Recipe("run", effort, 0, algorithms, baselines, accept_data, report, vote, outer_folds=2)


def kill_after(owner: Any, name: str, times: int) -> None:
    """Make `owner.name` do its work so many times and then end this process as the kernel would."""
    whole: Callable[..., Any] = getattr(owner, name)
    left = iter(range(times - 1))

    def last(*arguments: Any, **options: Any) -> Any:
        done = whole(*arguments, **options)
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, last)


def train_until(step: str, folder: str) -> None:
    kill_after(*STEPS[step])
    settings = TrainSettings.model_validate(
        {
            "database_url": f"sqlite:///{folder}/cinecote.db",
            "tracking_uri": f"sqlite:///{folder}/mlflow.db",
            "processes": 1,
        }
    )
    engine = connect(settings.database_url.get_secret_value())
    training.train(engine, settings, [AFTER_RELEASE], quick_recipe(), 600, progress.LogWatcher())


def forked(step: str, folder: str) -> int:
    """A process that trains; forked before any library has a thread, it needs no imports of its own."""
    process = os.fork()
    if not process:
        try:
            train_until(step, folder)
        finally:
            os._exit(0)
    return process


if __name__ == "__main__":
    telemetry.switch_off()
    configure_logs("train")
    # All that MLflow would else import once in each of them.
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401

    processes = [forked(*argument.split("=", 1)) for argument in sys.argv[1:]]
    for process in processes:
        print(os.WTERMSIG(os.waitpid(process, 0)[1]))
