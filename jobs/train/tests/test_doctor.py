"""What cinecote-train doctor says of real servers, and what is used of them."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.mlflow_server import mlflow_server
from tests.ports import free_port

from cinecote.exits import CommandError
from cinecote.registry import MODEL_NAME
from cinecote_train.doctor import examine
from cinecote_train.promotion import Settled
from cinecote_train.tracking import Registry

from .mlflow_servers import Gate, gated, python_of_mlflow_2_7


@pytest.fixture(scope="module")
def old_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    python = python_of_mlflow_2_7()
    with mlflow_server(tmp_path_factory.mktemp("old"), python) as address:
        yield address


def said_of(uri: str) -> list[str]:
    out = io.StringIO()
    examine(Console(file=out, width=158), uri)
    return out.getvalue().splitlines()


def without(*words: str) -> Gate:
    """A server that doesn't know the calls with one of these words in their path."""
    return lambda path: (404, b"<!doctype html><title>404 Not Found</title>") if any(w in path for w in words) else None


def refusing(status: int, body: bytes = b"") -> Gate:
    return lambda _path: (status, body)


def test_the_locked_server_has_all_that_is_used(mlflow_server_address: str) -> None:
    said = said_of(mlflow_server_address)

    assert said[0].startswith(f"server: {mlflow_server_address}, MLflow 3.")
    assert {"registry: yes", "aliases: yes", "used: the registry with its aliases"} <= set(said)
    assert said[-2:] == ["runs: written, and read again", "artifacts: uploaded, and downloaded again"]


def test_a_server_of_mlflow_2_7_does_all_that_is_used(old_server: str) -> None:
    said = said_of(old_server)

    assert said[0] == f"server: {old_server}, MLflow 2.7.1"
    assert {"aliases: yes", "logged models: no, and not needed", "used: the registry with its aliases"} <= set(said)
    assert said[-1] == "artifacts: uploaded, and downloaded again"


def test_a_version_goes_through_the_registry_of_mlflow_2_7_and_comes_back(old_server: str, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"graph")
    registry = Registry(old_server, MODEL_NAME)

    assert registry.champion() is None
    with registry.run("run") as run:
        registry.log_files(run, tmp_path, "model")
        version = registry.register(run, "abc")
    registry.make_champion(version)

    assert registry.champion() == version
    assert list(registry.versions("abc")) == [version]
    assert (registry.download(version, tmp_path) / "model.onnx").read_bytes() == b"graph"


def test_a_file_needs_no_server(site: Any) -> None:
    said = said_of(site.settings.tracking_uri.get_secret_value())

    assert said[0].startswith("server: none")
    assert said[-1] == "artifacts: uploaded, and downloaded again"


def test_what_was_tried_out_is_no_run_any_more(site: Any) -> None:
    said_of(site.settings.tracking_uri.get_secret_value())

    assert site.mlflow.search_runs(["1"]) == []


@pytest.mark.parametrize("words", [("registered-models", "model-versions"), ("registered-models/alias",)], ids=str)
def test_without_a_registry_that_knows_aliases_tags_are_used(
    words: tuple[str, ...], mlflow_server_address: str
) -> None:
    with gated(mlflow_server_address, without(*words)) as address:
        said = said_of(address)

    assert any(line.startswith("used: tags of runs and of the experiment") for line in said)
    assert f"registry: {'yes' if len(words) == 1 else 'no (its calls are not found)'}" in said
    assert said[-1] == "artifacts: uploaded, and downloaded again"


def test_a_version_goes_through_tags_and_artifacts_and_comes_back(mlflow_server_address: str, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/model.onnx").write_bytes(b"graph")
    with gated(mlflow_server_address, without("registered-models", "model-versions", "logged-models")) as address:
        registry = Registry(address, "tagged-model")
        assert registry.champion() is None
        versions = []
        for sha256 in ("abc", "def"):
            with registry.run("run") as run:
                registry.log_files(run, tmp_path / "files", "model")
                versions.append(registry.register(run, sha256))
            registry.make_champion(versions[0])

        assert [version.number for version in versions] == ["1", "2"]
        assert registry.champion() == versions[0]
        assert registry.version("2") == versions[1]
        assert list(registry.versions("def")) == [versions[1]]
        assert (registry.download(versions[0], tmp_path / "files") / "model.onnx").read_bytes() == b"graph"


def test_a_whole_training_promotes_on_a_server_without_a_registry(
    mlflow_server_address: str, make_site: Callable[..., Any], train_site: Callable[..., Any]
) -> None:
    with gated(mlflow_server_address, without("registered-models", "model-versions", "logged-models")) as address:
        site = make_site(count=450, tracking_uri=address)

        first: Settled = train_site(site).settled
        again: Settled = train_site(site).settled

        champion = Registry(address, MODEL_NAME).champion()
    assert (first.version, first.decision.kind) == ("1", "promoted")
    assert again.decision.kind == "unchanged"
    assert champion is not None
    assert champion.number == "1"


@pytest.mark.parametrize(
    ("gate", "host", "line"),
    [
        (refusing(401), None, "wants other credentials (401): set MLFLOW_TRACKING_USERNAME and"),
        (refusing(403, b"no"), None, "forbids this user"),
        (refusing(503), None, "the MLflow server fails (503)"),
        (lambda _path: None, "mlflow.example:5000", "refuses the host name that it is asked by (403)"),
    ],
    ids=["wrong credentials", "no rights", "a fault of its own", "wrong host header"],
)
def test_what_lets_nobody_in_is_said_in_one_line(
    gate: Gate, host: str | None, line: str, mlflow_server_address: str
) -> None:
    with gated(mlflow_server_address, gate, host) as address, pytest.raises(CommandError) as failure:
        said_of(address.replace("//", "//someone:secret@"))

    assert line in str(failure.value)
    assert len(str(failure.value).splitlines()) == 1
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_a_server_that_is_not_there_is_said_in_one_line(host: str) -> None:
    with pytest.raises(CommandError) as failure:
        said_of(f"http://someone:secret@{host}:{free_port()}")

    assert str(failure.value).startswith(f"no MLflow server answers at http://{host}:")
    assert "secret" not in str(failure.value)
    assert len(str(failure.value).splitlines()) == 1
