"""`cinecote-mlflow`: an MLflow server whose tables are at its version before it answers."""

import os
import sys
from pathlib import Path

from cinecote import exits
from cinecote.settings import read_settings
from cinecote_mlflow.settings import MlflowSettings
from cinecote_mlflow.store import prepare

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # Its job runners execute what a client sends; nothing here asks for them, and each would hold 250 MB.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


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
    store = settings.store_uri.get_secret_value()
    prepare(store, settings.database_wait)
    os.environ["MLFLOW_BACKEND_STORE_URI"] = store
    serving = command(settings)
    os.execv(serving[0], serving)  # noqa: S606 - a shell is what it does without


def main() -> None:
    sys.exit(exits.run(run))
