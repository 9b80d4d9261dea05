"""Work that isn't urgent, done together: a tenth of what each piece would cost in the middle of a request."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")

_SECONDS_KEPT = 0.05


class Backlog(Generic[Item]):
    """Keeps items for a twentieth of a second at most; for one thread, which runs an event loop."""

    def __init__(self, work: Callable[[Sequence[Item]], None]) -> None:
        """`work` deals with items, in the order in which they were added."""
        self._work = work
        self._items: list[Item] = []

    def add(self, item: Item) -> None:
        if not self._items:
            asyncio.get_running_loop().call_later(_SECONDS_KEPT, self.settle)
        self._items.append(item)

    def settle(self) -> None:
        """Deal with what waits now."""
        items, self._items = self._items, []
        if items:
            self._work(items)
