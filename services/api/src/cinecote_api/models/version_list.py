"""The registered versions, as whoever asks is told."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from cinecote_api.registry.registry import ListedVersion, Registry


class VersionList:
    """Asks the registry once for all who ask at the same time, on a thread of its own; from the event loop.

    A registry that doesn't answer holds up neither its watcher nor anything else that waits for a thread.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="versions")
        self._asking: asyncio.Future[Sequence[ListedVersion]] | None = None

    async def read(self) -> Sequence[ListedVersion]:
        """The newest versions, the newest first; RegistryAway where the registry doesn't tell."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().run_in_executor(self._thread, self._registry.versions)
        # Who leaves must not end what others wait for.
        return await asyncio.shield(self._asking)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
