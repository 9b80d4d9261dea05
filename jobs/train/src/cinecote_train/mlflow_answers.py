"""What goes wrong with an MLflow server, in one line."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from cinecote.exits import CommandError

ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""MLflow's codes for what isn't there; an alias that isn't set is called an invalid parameter."""

_CREDENTIALS = re.compile(r"//[^/@\s]+@")
"""A server's address may hold a password, and MLflow's messages hold the address."""

_NO_ANSWER = "failed with exception"
"""In MLflow's message where no server answered; what follows are five nested causes."""

_STATUS = re.compile(r"failed with error code (\d{3})")


@contextmanager
def answering() -> Iterator[None]:
    """Turn what MLflow raises into one line, and keep its warnings about its own insides from people."""
    from mlflow.exceptions import MlflowException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise CommandError(in_one_line(str(error) or type(error).__name__)) from None


def in_one_line(said: str) -> str:
    """MLflow's message, without credentials and for the person who typed the command."""
    first = without_credentials(said.splitlines()[0])
    asked, no_answer, _ = first.partition(_NO_ANSWER)
    if no_answer:
        return f"the model registry doesn't answer ({asked.strip()})"
    status = _STATUS.search(first)
    refusal = refused(int(status[1]), said) if status else None
    return refusal or f"the model registry doesn't do its part: {first}"


def refused(status: int, body: str) -> str | None:
    """What to do about an answer that lets nobody in; None for another."""
    if status == 401:
        return (
            "the MLflow server wants other credentials (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )
    if status == 403 and "host header" in body.lower():
        return (
            "the MLflow server refuses the host name that it is asked by (403): "
            "name it in the server's --allowed-hosts (MLFLOW_SERVER_ALLOWED_HOSTS)"
        )
    if status == 403:
        return "the MLflow server forbids this user what is asked (403): check MLFLOW_TRACKING_USERNAME and its rights"
    return None


def without_credentials(said: str) -> str:
    """The text with no user and password in its addresses."""
    return _CREDENTIALS.sub("//", said)
