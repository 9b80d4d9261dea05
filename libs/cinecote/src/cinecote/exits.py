"""How a command ends: its exit code, and one clear line when it didn't do its work."""

import sys
from collections.abc import Callable


class CommandError(Exception):
    """The work failed; the message is for the person who typed the command."""

    exit_code = 1


class UsageError(CommandError):
    """The command, a file it names, or a setting is not usable as given."""

    exit_code = 2


class AlreadyRunning(CommandError):
    """Another run holds the lock."""

    exit_code = 3


class Refused(CommandError):
    """A gate, a source's terms or a contract says no."""

    exit_code = 4


INTERRUPTED = 130


def run(command: Callable[[], None]) -> int:
    """Run `command` and give its exit code: 0, a CommandError's own, or 130 when interrupted."""
    try:
        command()
    except CommandError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
    return 0
