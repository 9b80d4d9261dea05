"""Work done ahead by a second process."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

from cinecote.exits import CommandError

Item = TypeVar("Item")


class _End:
    """Said after the last item."""


@contextmanager
def ahead(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """`items`, one of them made ahead by a process of its own; the CommandError that making them raises is raised here.

    That process ends with this one, however this one ends. It begins as a copy of this one: take no lock and start no
    thread before.
    """
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    maker = context.Process(target=_make, args=(items, receiver, sender), daemon=True)
    maker.start()
    sender.close()
    try:
        yield _received(receiver)
    finally:
        # The maker finds nobody to send to, and ends.
        receiver.close()
        maker.join()


def _make(items: Iterable[object], receiver: Connection, sender: Connection) -> None:
    # Ctrl-C reaches both processes; the one that stores decides when to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    receiver.close()
    try:
        for item in items:
            sender.send(item)
        sender.send(_End())
    except CommandError as fault:
        sender.send(fault)
    except BrokenPipeError:
        pass


def _received(receiver: Connection) -> Iterator[Item]:
    while True:
        try:
            item = receiver.recv()
        except EOFError:
            raise CommandError("the process that reads the files ended early") from None
        if isinstance(item, _End):
            return
        if isinstance(item, CommandError):
            raise item
        yield item
