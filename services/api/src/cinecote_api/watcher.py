"""Follows the registry's champion: serves the next one as soon as it is found fit."""

import asyncio
import random
import time

import structlog

from cinecote_api.model_store import ModelStore
from cinecote_api.registry import Champion, Registry, RegistryAway
from cinecote_api.served_model import RefusedModel, ServedModel
from cinecote_api.serving import Serving

_SECONDS_BEFORE_RETRY = 60.0

log = structlog.stdlib.get_logger(__name__)


class ChampionWatcher:
    """Looks at the alias every `poll_s` seconds or so; whatever goes wrong, what is served goes on."""

    def __init__(self, registry: Registry, store: ModelStore, serving: Serving, poll_s: float) -> None:
        self._registry = registry
        self._store = store
        self._serving = serving
        self._poll_s = poll_s
        self._jitter = random.Random()  # noqa: S311 (guards nothing)
        self._refused: Champion | None = None
        self._refused_until = 0.0
        self._trouble: str | None = None

    async def run(self) -> None:
        """Begin with the model served last, then follow the registry until cancelled."""
        await asyncio.to_thread(self.resume)
        while True:
            await asyncio.to_thread(self.look)
            # Replicas that started together should not ask together for ever.
            await asyncio.sleep(self._poll_s * self._jitter.uniform(0.8, 1.2))

    def resume(self) -> None:
        """Serve the last good model on disk, registry or not."""
        try:
            model = self._store.last_served()
        except RefusedModel as refused:
            self._count_refusal(refused, "current")
        except OSError as error:
            log.warning("the model on disk can't be read", cause=str(error))
        except Exception:
            log.exception("beginning with the model on disk failed")
        else:
            if model is not None:
                self._serve(model)

    def look(self) -> None:
        """Look once at the registry, and serve its champion if that is another than the present one."""
        try:
            champion = self._registry.champion()
            if champion is not None and self._is_news(champion):
                self._take(champion)
        except (RegistryAway, OSError) as error:
            self._report(str(error))
        except Exception:
            # A watcher that ends would leave the old model in place for ever, and nobody would know.
            log.exception("looking at the registry failed")
        else:
            self._report(None)

    def _is_news(self, champion: Champion) -> bool:
        present = self._serving.champion
        if present and present.version == champion.version and champion.sha256 in (None, present.manifest.sha256):
            return False
        return champion != self._refused or time.monotonic() >= self._refused_until

    def _take(self, champion: Champion) -> None:
        try:
            model = self._store.take(champion, self._registry)
        except RefusedModel as refused:
            self._refused = champion
            self._refused_until = time.monotonic() + _SECONDS_BEFORE_RETRY
            self._count_refusal(refused, champion.version)
        else:
            self._serve(model)
            self._store.remember(model)

    def _serve(self, model: ServedModel) -> None:
        previous = self._serving.champion
        self._serving.champion = model
        log.info(
            "model served",
            version=model.version,
            sha256=model.manifest.sha256,
            previous=previous.version if previous else None,
        )

    def _count_refusal(self, refused: RefusedModel, version: str) -> None:
        self._serving.refused[refused.reason] += 1
        log.error("model refused", version=version, reason=refused.reason, cause=str(refused))

    def _report(self, trouble: str | None) -> None:
        """Log a trouble when it begins and when it ends, not at every look."""
        if trouble == self._trouble:
            return
        if trouble is None:
            log.info("the registry is followed again")
        else:
            log.warning("the registry can't be followed", cause=trouble)
        self._trouble = trouble
