"""The registry's models: of each, what is served, and how that is followed and changed."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cinecote.registry import BEFORE_RELEASE_NAME, MODEL_NAME
from cinecote_api.metrics.predictions import PredictionMetrics
from cinecote_api.models.rollback import Rollback
from cinecote_api.models.serving import Serving
from cinecote_api.models.shadow import Shadow
from cinecote_api.models.store import ModelStore
from cinecote_api.models.version_list import VersionList
from cinecote_api.models.watcher import RegistryWatcher
from cinecote_api.predictions.when import When
from cinecote_api.registry.registry import Registry, open_registry
from cinecote_api.settings import ApiSettings

_ASKED: Mapping[When, str] = {"after": MODEL_NAME, "before": BEFORE_RELEASE_NAME}


@dataclass(frozen=True, slots=True)
class FollowedModel:
    """One of the registry's models."""

    serving: Serving
    shadow: Shadow
    registry: Registry
    versions: VersionList
    watcher: RegistryWatcher
    rollback: Rollback

    def close(self) -> None:
        for part in (self.shadow, self.rollback, self.versions, self.registry):
            part.close()


class FollowedModels:
    """The models that are asked after and before a film's release, each kept on disk in a folder of its own."""

    def __init__(self, settings: ApiSettings, servings: Sequence[Serving], metrics: PredictionMetrics) -> None:
        """Nothing is opened yet but the folders; CommandError where they can't be written to."""
        self._models = {serving.name: _followed(settings, serving, metrics) for serving in servings}
        self._at = {when: self._models[name] for when, name in _ASKED.items()}

    def __iter__(self) -> Iterator[FollowedModel]:
        return iter(self._models.values())

    def named(self, name: str) -> FollowedModel:
        """The model of this name, one of MODEL_NAMES."""
        return self._models[name]

    def at(self, when: When) -> FollowedModel:
        """The model that is asked about films at this moment of theirs."""
        return self._at[when]

    async def run(self) -> None:
        """Begin with what was served last, then follow the registry until cancelled."""
        # The first model last: whoever finds it ready may ask the other one, too.
        others_first = [*self][::-1]
        for model in others_first:
            await asyncio.to_thread(model.watcher.resume)
        for model in others_first:
            await asyncio.to_thread(model.watcher.look)
        async with asyncio.TaskGroup() as group:
            for model in self:
                group.create_task(model.watcher.run())

    def close(self) -> None:
        for model in self:
            model.close()


def _followed(settings: ApiSettings, serving: Serving, metrics: PredictionMetrics) -> FollowedModel:
    # The first model's folder is the setting's own, as it was when there was no other.
    folder = settings.model_dir if serving.name == MODEL_NAME else settings.model_dir / serving.name
    store = ModelStore(folder, settings.verify_keys, serving.name)
    store.prepare()
    registry = open_registry(settings, serving.name)
    watcher = RegistryWatcher(registry, store, serving, settings.registry_poll_s)
    rollback = Rollback(serving.name, registry, watcher, settings)
    return FollowedModel(serving, Shadow(serving, metrics), registry, VersionList(registry), watcher, rollback)
