"""A command in a copy of the test's own process, which has imported it already: that takes a second each time."""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import IO


def run_in_copy(
    main: Callable[[], None], arguments: tuple[str, ...], environment: Mapping[str, str], timeout: float = 120
) -> CompletedProcess[str]:
    """What `main` ends with and prints where it is typed with these `arguments`, and those variables alone.

    A copy has what this process has: what a test patched, pytest's filter of warnings, what Python reads at its start.
    Where this one has threads, or a connection to the SQLite file open, have the command typed instead. TimeoutError
    where it takes longer than so many seconds.
    """
    assert threading.active_count() == 1, "a copy can hang on what a thread of its original held"
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        process = get_context("fork").Process(target=_become, args=(main, arguments, environment, out, err))
        process.start()
        try:
            process.join(timeout)
            if process.exitcode is None:
                raise TimeoutError(f"{arguments} took more than {timeout} s")
        finally:
            process.kill()
            process.join()
        return CompletedProcess(arguments, process.exitcode, _read(out), _read(err))


def _become(
    main: Callable[[], None], arguments: tuple[str, ...], environment: Mapping[str, str], out: IO[str], err: IO[str]
) -> None:
    for number, file in ((1, out), (2, err)):
        os.dup2(file.fileno(), number)
    # Those of pytest go elsewhere; these are as Python makes them.
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = ["command", *arguments]
    os.environ.clear()
    os.environ.update(environment)
    main()


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
