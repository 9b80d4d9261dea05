"""Follows the registry: serves the champion and the challenger that it names as soon as they are found fit."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from threading import RLock

import structlog

from cinecote.registry import CHAMPION, TRAFFIC_TAG
from cinecote_api.models.challengers import Challengers
from cinecote_api.models.intake import Intake, is_present
from cinecote_api.models.served_model import RefusedModel, ServedModel
from cinecote_api.models.serving import Challenge, Serving
from cinecote_api.models.store import ModelStore
from cinecote_api.models.traffic import Traffic
from cinecote_api.registry.registry import NoChampion, RegisteredVersion, Registry, RegistryAway

log = structlog.stdlib.get_logger(__name__)


class RegistryWatcher:
    """Looks at the registry every `poll_s` seconds or so; whatever goes wrong, what is served goes on."""

    def __init__(self, registry: Registry, store: ModelStore, serving: Serving, poll_s: float) -> None:
        self._registry = registry
        self._store = store
        self._serving = serving
        self._poll_s = poll_s
        self._intake = Intake(registry, store, serving)
        self._challengers = Challengers(registry, self._intake, serving)
        self._jitter = random.Random()  # noqa: S311 (guards nothing)
        self._changing = RLock()
        self._trouble: str | None = None

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            # Replicas that started together should not ask together for ever.
            await asyncio.sleep(self._poll_s * self._jitter.uniform(0.8, 1.2))
            await asyncio.to_thread(self.look)

    def resume(self) -> None:
        """Serve the last good model on disk, registry or not."""
        try:
            model = self._store.last_served()
        except RefusedModel as refused:
            self._intake.write_down(CHAMPION, "current", refused)
        except OSError as error:
            log.warning("the model on disk can't be read", cause=str(error))
        except Exception:
            log.exception("beginning with the model on disk failed")
        else:
            if model is not None:
                self._put_in_place(model)

    def look(self) -> None:
        """Look once at the registry, and serve what it names if that is news."""
        try:
            with self.alone():
                self._follow_champion()
                self._challengers.follow()
        except (RegistryAway, OSError) as error:
            self._report(str(error))
        except Exception:
            # A watcher that ends would leave the old model in place for ever, and nobody would know.
            log.exception("looking at the registry failed")
        else:
            self._report(None)

    def reload(self) -> bool:
        """Look now, and try what was refused once more; whether the champion is another one than before.

        RefusedModel, NoChampion and RegistryAway tell why what the registry names isn't served.
        """
        with self.alone():
            before = self._serving.champion
            self._follow_champion(at_once=True)
            self._challengers.follow(at_once=True)
            return self._serving.champion is not before

    def set_traffic(self, traffic: Traffic) -> Challenge:
        """Tell the registry what goes to the challenger, and do so here; RegistryAway and NoModel say why not."""
        with self.alone():
            self._registry.set_tag(TRAFFIC_TAG, traffic.written())
            log.info("traffic set", model=self._serving.name, **asdict(traffic))
            self._challengers.follow(at_once=True)
            return self._serving.challenge

    def fit(self, wanted: RegisteredVersion) -> ServedModel:
        """The version, where it could be champion; RefusedModel otherwise."""
        return self._intake.take(CHAMPION, wanted)

    def serve(self, model: ServedModel) -> None:
        """Make `model` the champion here, and the one that the next start begins with."""
        self._put_in_place(model)
        challenger = self._serving.challenge.challenger
        self._store.remember(model, beside=challenger.version if challenger else None)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other change of what is served away for the time of the block."""
        with self._changing:
            yield

    def _follow_champion(self, *, at_once: bool = False) -> None:
        wanted = self._registry.named(CHAMPION)
        self._serving.is_absent = wanted is None
        if wanted is None:
            self._intake.forget(CHAMPION)
            if at_once:
                raise NoChampion("no version is champion")
        elif is_present(self._serving.champion, wanted):
            self._intake.forget(CHAMPION)
        elif at_once or not self._intake.is_refused(CHAMPION, wanted):
            try:
                self.serve(self._intake.take(CHAMPION, wanted))
            except RefusedModel:
                if at_once:
                    raise

    def _put_in_place(self, model: ServedModel) -> None:
        previous = self._serving.champion
        self._serving.champion = model
        log.info(
            "model served",
            model=self._serving.name,
            version=model.version,
            sha256=model.manifest.sha256,
            previous=previous.version if previous else None,
        )

    def _report(self, trouble: str | None) -> None:
        """Log a trouble when it begins and when it ends, not at every look."""
        if trouble == self._trouble:
            return
        if trouble is None:
            log.info("the registry is followed again", model=self._serving.name)
        else:
            log.warning("the registry can't be followed", model=self._serving.name, cause=trouble)
        self._trouble = trouble
