"""Keeps the libraries from telling their makers about us, and from talking over our own lines."""

import logging
import os

_OFF = {
    # ONNX Runtime's Linux wheels write to ~/.cache/Microsoft and send; it reads this when it is loaded.
    "ORT_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_CONFIGURE_LOGGING": "false",
    # Seven tries with growing pauses would leave a person before a silent terminal for minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
_TALKATIVE = ("mlflow", "alembic", "matplotlib", "git", "urllib3")


def switch_off() -> None:
    """Call before MLflow and ONNX Runtime are imported; what the environment already says stands."""
    for name, value in _OFF.items():
        os.environ.setdefault(name, value)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
