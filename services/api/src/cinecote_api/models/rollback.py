"""Back to the champion before: in the registry, in the ledger, and here."""

import structlog

from cinecote import ledger
from cinecote.database import connect, promotion_lock
from cinecote.registry import CHAMPION
from cinecote_api.models.served_model import ServedModel
from cinecote_api.models.watcher import RegistryWatcher
from cinecote_api.registry.registry import NoChampion, RegisteredVersion, Registry
from cinecote_api.settings import ApiSettings

_REASON = "asked for by an admin"

log = structlog.stdlib.get_logger(__name__)


class Rollback:
    """Moves the alias as training does: under the same lock, the ledger first and the alias last."""

    def __init__(self, name: str, registry: Registry, watcher: RegistryWatcher, settings: ApiSettings) -> None:
        """`registry` and `watcher` are those of the model of this name."""
        self._name = name
        self._registry = registry
        self._watcher = watcher
        self._reading = connect(settings.films_url, read_only=True)
        self._writing = connect(settings.database_url.get_secret_value())

    def roll_back(self) -> ServedModel:
        """The champion before, which is served here once this returns.

        NoChampion, RefusedModel where it must not be served, AlreadyRunning during a promotion; RegistryAway,
        and SQLAlchemy's DBAPIError or CommandError for the database's part. Whatever is raised, the alias stays.
        """
        with promotion_lock(self._writing, wait=False), self._watcher.alone():
            present = self._registry.named(CHAMPION)
            if present is None:
                raise NoChampion("no version is champion")
            model = self._watcher.fit(self._behind(present.version))
            ledger.record(self._writing, model.version, present.version, ledger.ROLLED_BACK, _REASON, {}, self._name)
            self._registry.point(CHAMPION, model.version)
            self._watcher.serve(model)
        log.warning("rolled back", model=self._name, version=model.version, previous=present.version)
        return model

    def close(self) -> None:
        self._reading.dispose()
        self._writing.dispose()

    def _behind(self, champion: str) -> RegisteredVersion:
        with self._reading.connect() as connection:
            candidates = ledger.behind(champion, ledger.entries(connection, model=self._name))
        for number in candidates:
            if (found := self._registry.version(number)) is not None:
                return found
        raise NoChampion("no champion was before this one")
