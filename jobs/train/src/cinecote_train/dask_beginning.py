"""How a worker of Dask's begins, before it is given work."""

import os
import signal

from distributed import Worker, WorkerPlugin

from cinecote_train import telemetry


class Beginning(WorkerPlugin):
    """Makes of a worker what our own are, however it was started."""

    name = "cinecote-train"

    def __init__(self, ignores_interrupts: bool) -> None:
        self._ignores_interrupts = ignores_interrupts

    def setup(self, worker: Worker) -> None:  # noqa: ARG002
        telemetry.switch_off()
        # OpenMP reads it once.
        os.environ["OMP_NUM_THREADS"] = "1"
        if self._ignores_interrupts:
            # Ctrl-C reaches every process of a terminal; the one that leads decides when to stop.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
