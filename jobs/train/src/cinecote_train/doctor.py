"""Whether training can work with the server at MLFLOW_TRACKING_URI, tried out, and what of it will be used."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from cinecote.exits import CommandError
from cinecote.models import AFTER_RELEASE
from cinecote.registry import ARTIFACT_FOLDER
from cinecote_train.server_probe import Abilities, abilities, address, user
from cinecote_train.tracking import Registry, is_server
from cinecote_train.versions import Version

_CONTENT = b"written by cinecote-train doctor"


def examine(out: Console, uri: str) -> None:
    """Say line by line what is found; CommandError, in one line, at the first thing that training needs and misses."""
    for line in _server(uri) if is_server(uri) else _file(uri):
        out.print(line, soft_wrap=True, highlight=False)
    _try_a_run(uri)
    out.print("runs: written, and read again", highlight=False)
    out.print("artifacts: uploaded, and downloaded again", highlight=False)


def _file(uri: str) -> Iterator[str]:
    yield f"server: none, MLflow {version('mlflow')} keeps its tables in {uri.removeprefix('sqlite:///')}"
    yield "used: the registry with its aliases"


def _server(uri: str) -> Iterator[str]:
    found = abilities(uri, AFTER_RELEASE.name)
    yield f"server: {address(uri)}, MLflow {found.version or 'of a version that it does not tell'}"
    name = user(uri)
    yield f"credentials: accepted, as {name}" if name else "credentials: none given, none asked for"
    yield f"registry: {'yes' if found.registry else 'no (its calls are not found)'}"
    yield f"aliases: {'yes' if found.aliases else 'no'}"
    yield f"logged models: {'yes' if found.logged_models else 'no'}, and not needed"
    yield f"used: {_used(found)}"


def _used(found: Abilities) -> str:
    if found.aliases:
        return "the registry with its aliases"
    # The api reads the registry alone.
    return "tags of runs and of the experiment, in place of the registry; the api can't serve from there"


def _try_a_run(uri: str) -> None:
    registry = Registry(uri, AFTER_RELEASE.name)
    with registry.run("doctor") as run, TemporaryDirectory() as folder:
        sent, back = Path(folder) / "sent", Path(folder) / "back"
        for each in (sent, back):
            each.mkdir()
        (sent / "doctor.txt").write_bytes(_CONTENT)
        registry.log(run, parameters={}, metrics={"tried": 1.0}, tags={"doctor": "true"})
        registry.log_files(run, sent, ARTIFACT_FOLDER)
        source = registry.source(run)
        if (registry.download(Version("", "", run, source), back) / "doctor.txt").read_bytes() != _CONTENT:
            raise CommandError("the MLflow server gives an artifact back otherwise than it was sent")
    registry.remove_run(run)
