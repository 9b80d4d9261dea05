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

    Where this process has threads have the command typed instead.
    """
    assert threading.active_count() == 1, "a copy can hang on what a thread of its original held"
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        process = get_context("fork").Process(target=_become, args=(main, arguments, environment, out, err))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{arguments} took more than {timeout} s")
        return CompletedProcess(arguments, process.exitcode, _read(out), _read(err))


def _become(
    main: Callable[[], None], arguments: tuple[str, ...], environment: Mapping[str, str], out: IO[str], err: IO[str]
) -> None:
    for number, file in ((1, out), (2, err)):
        os.dup2(file.fileno(), number)
    # Those of pytest go elsewhere.
    sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
    sys.argv = ["command", *arguments]
    os.environ.clear()
    os.environ.update(environment)
    main()


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
