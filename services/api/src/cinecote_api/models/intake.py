"""Taking in a version that the registry names: found fit, or refused and not tried again for a while."""

import time

import structlog

from cinecote_api.models.pace import check_pace
from cinecote_api.models.served_model import RefusedModel, ServedModel
from cinecote_api.models.serving import Refusal, Role, Serving
from cinecote_api.models.store import ModelStore
from cinecote_api.registry.registry import RegisteredVersion, Registry

_SECONDS_BEFORE_RETRY = 60.0

log = structlog.stdlib.get_logger(__name__)


class Intake:
    """What stands between the registry's names and the models in place."""

    def __init__(self, registry: Registry, store: ModelStore, serving: Serving) -> None:
        self._registry = registry
        self._store = store
        self._serving = serving
        self._refused: dict[Role, tuple[RegisteredVersion, float]] = {}

    def take(self, role: Role, wanted: RegisteredVersion) -> ServedModel:
        """The version, fit to serve; RefusedModel, written down, where it isn't.

        RegistryAway and OSError tell of a download that may yet work out.
        """
        try:
            model = self._store.take(wanted, self._registry)
            if self._serving.champion is not None:
                check_pace(model, self._serving.champion)
        except RefusedModel as refused:
            self._refused[role] = wanted, time.monotonic() + _SECONDS_BEFORE_RETRY
            self.write_down(role, wanted.version, refused)
            raise
        self.forget(role)
        return model

    def is_refused(self, role: Role, wanted: RegisteredVersion) -> bool:
        """Whether this very version was refused less than a minute ago."""
        refused, until = self._refused.get(role, (None, 0.0))
        return refused == wanted and time.monotonic() < until

    def write_down(self, role: Role, version: str, refused: RefusedModel) -> None:
        self._serving.refused[refused.reason] += 1
        self._serving.refusals[role] = Refusal(version, refused.reason, str(refused))
        log.error(
            "model refused",
            model=self._serving.name,
            version=version,
            role=role,
            reason=refused.reason,
            cause=str(refused),
        )

    def forget(self, role: Role) -> None:
        """Nothing that the registry names for this role is refused."""
        self._refused.pop(role, None)
        self._serving.refusals.pop(role, None)


def is_present(model: ServedModel | None, wanted: RegisteredVersion) -> bool:
    """Whether `model` is the version that the registry names, and no namesake of it."""
    if model is None or model.version != wanted.version:
        return False
    return wanted.sha256 in (None, model.manifest.sha256)
