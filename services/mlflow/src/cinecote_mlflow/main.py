"""`cinecote-mlflow`: an MLflow server whose tables are at its version before it answers."""

import os
import sys
from pathlib import Path

from sqlalchemy.exc import OperationalError

from cinecote import exits
from cinecote.database import connect, wait_until_reachable
from cinecote.settings import read_settings
from cinecote_mlflow.settings import MlflowSettings

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # Its job runners execute what a client sends; nothing here asks for them, and each would hold 250 MB.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


def prepare(settings: MlflowSettings) -> None:
    """Bring the store's tables to this MLflow's version; CommandError where its server can't be reached."""
    uri = settings.store_uri.get_secret_value()
    engine = connect(uri)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    try:
        wait_until_reachable(engine, settings.database_wait)
    except OperationalError as error:
        raise exits.CommandError(f"the runs' database can't be reached: {error.orig}") from None
    finally:
        engine.dispose()
    # Imported here, for it takes seconds, and what can't be served should be said at once.
    from mlflow.db import upgrade

    # In this process, for another's arguments could be read by all, password included.
    upgrade.main([uri], standalone_mode=False)


def command(settings: MlflowSettings) -> list[str]:
    """What serves; the store's address, which has a password, goes by the environment."""
    return [
        str(Path(sys.executable).with_name("mlflow")),
        "server",
        f"--host={settings.host}",
        f"--port={settings.port}",
        f"--workers={settings.workers}",
        f"--artifacts-destination={settings.artifacts}",
        f"--allowed-hosts={settings.allowed_hosts}",
    ]


def run() -> None:
    settings = read_settings(MlflowSettings)
    os.environ.update(_ENVIRONMENT)
    prepare(settings)
    os.environ["MLFLOW_BACKEND_STORE_URI"] = settings.store_uri.get_secret_value()
    serving = command(settings)
    os.execv(serving[0], serving)  # noqa: S606 - a shell is what it does without


def main() -> None:
    sys.exit(exits.run(run))
