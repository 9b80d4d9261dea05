"""Trains in a process of its own that SIGKILLs itself at one of its steps: `killed_training.py STEP`."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from cinecote_train import ledger, telemetry


def kill_after(owner: Any, name: str) -> None:
    """Make `owner.name` do its work and then end this process as the kernel would."""
    whole: Callable[..., Any] = getattr(owner, name)

    def last(*arguments: Any, **options: Any) -> None:
        whole(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, last)


if __name__ == "__main__":
    telemetry.switch_off()
    from cinecote_train import main, training
    from cinecote_train.tracking import Registry

    kill_after(
        *{
            "the runs are buried": (Registry, "bury_killed_runs"),
            "the candidates are logged": (training, "log_findings"),
            "the model's files are logged": (training, "log_model"),
            "the version is created": (Registry, "register"),
            "the ledger is written": (ledger, "record"),
            "the alias is moved": (Registry, "make_champion"),
        }[sys.argv[1]]
    )
    main.run(["run"])
