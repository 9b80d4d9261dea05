"""What the server at MLFLOW_TRACKING_URI can do, found out by asking it."""

import base64
import json
import os
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from cinecote.exits import CommandError
from cinecote_train.mlflow_answers import refused

_SECONDS_TO_ANSWER = 15
_CALLS = "/api/2.0/mlflow"


@dataclass(frozen=True)
class Abilities:
    """What a server can do; `version` is None where it doesn't tell."""

    version: str | None
    registry: bool
    aliases: bool
    logged_models: bool


def abilities(uri: str, model: str) -> Abilities:
    """Ask the server at `uri`; CommandError, in one line, where it isn't there or lets nobody in."""
    status, said = _get(uri, "/version")
    # Where hosted, the server's own pages may stand behind others: no number then.
    version = said.strip() if status == 200 and len(said.strip()) < 40 and "<" not in said else None
    return Abilities(
        version=version,
        registry=_knows(uri, "registered-models/search", max_results="1"),
        aliases=has_registry(uri, model),
        logged_models=_knows(uri, "logged-models/none"),
    )


def has_registry(uri: str, model: str) -> bool:
    """Whether the server has a registry that knows aliases; CommandError as `abilities`."""
    return _knows(uri, "registered-models/alias", name=model, alias="champion")


def _knows(uri: str, call: str, **asked: str) -> bool:
    """Whether the server has this call at all: what it knows but can't find, it says in its own words."""
    query = f"?{urlencode(asked)}" if asked else ""
    status, said = _get(uri, f"{_CALLS}/{call}{query}")
    if status < 400:
        return True
    try:
        code = json.loads(said)["error_code"]
    except (ValueError, LookupError, TypeError):
        return False
    return code not in ("ENDPOINT_NOT_FOUND", "NOT_IMPLEMENTED")


def _get(uri: str, path: str) -> tuple[int, str]:
    try:
        with urlopen(_request(uri, path), timeout=_SECONDS_TO_ANSWER) as answer:  # noqa: S310 (see is_server)
            return answer.status, answer.read().decode("utf-8", "replace")
    except HTTPError as error:
        said = error.read().decode("utf-8", "replace")
        if refusal := refused(error.code, said):
            raise CommandError(refusal) from None
        if error.code >= 500:
            raise CommandError(f"the MLflow server fails ({error.code})") from None
        return error.code, said
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise CommandError(f"no MLflow server answers at {address(uri)}: {reason}") from None


def address(uri: str) -> str:
    """The server's address without user and password."""
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def user(uri: str) -> str | None:
    """Who asks: as the address says, or as MLflow's own variable does."""
    return unquote(urlsplit(uri).username or "") or os.environ.get("MLFLOW_TRACKING_USERNAME")


def _request(uri: str, path: str) -> Request:
    request = Request(address(uri).rstrip("/") + path)  # noqa: S310 (see is_server)
    password = urlsplit(uri).password
    secret = unquote(password) if password else os.environ.get("MLFLOW_TRACKING_PASSWORD", "")
    if token := os.environ.get("MLFLOW_TRACKING_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    elif name := user(uri):
        request.add_header("Authorization", f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}")
    return request
