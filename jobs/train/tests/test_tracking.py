"""The registry on a real MLflow server, reached over HTTP."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.ports import free_port

from cinecote.exits import CommandError
from cinecote.registry import MODEL_NAME, BrokenModel
from cinecote_train.tracking import Registry


@pytest.fixture
def server(mlflow_server_address: str) -> str:
    return mlflow_server_address


def test_a_model_goes_through_a_server_and_comes_back(server: str, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "model.onnx").write_bytes(b"graph")
    registry = Registry(server, MODEL_NAME)

    assert registry.champion() is None
    with registry.run("run") as run:
        registry.log(run, parameters={"a": 1}, metrics={"f": 0.5, "none": float("inf")}, tags={"t": "x"})
        registry.log_files(run, files, "model")
        version = registry.register(run, "abc")
        registry.make_champion(version)

    assert version == registry.champion()
    assert (registry.download(version, tmp_path) / "model.onnx").read_bytes() == b"graph"


def test_a_version_whose_files_are_gone_from_the_server_is_broken(server: str, tmp_path: Path) -> None:
    registry = Registry(server, MODEL_NAME)
    with registry.run("empty") as run:
        version = registry.register(run, "def")

    with pytest.raises(BrokenModel, match="gone"):
        registry.download(version, tmp_path)


def test_the_versions_of_a_graph_are_found_among_the_others(server: str) -> None:
    registry = Registry(server, MODEL_NAME)
    with registry.run("thrice") as run:
        first, _, third = (registry.register(run, sha256) for sha256 in ("ghi", "jkl", "ghi"))

    assert sorted(registry.versions("ghi"), key=lambda version: int(version.number)) == [first, third]
    assert list(registry.versions("mno")) == []


def test_a_version_whose_run_was_removed_is_broken(make_site: Callable[..., Any], tmp_path: Path) -> None:
    site = make_site()
    registry = Registry(site.settings.tracking_uri.get_secret_value(), MODEL_NAME)
    with registry.run("removed") as run:
        version = registry.register(run, "pqr")
    removed = replace(version, run="0" * 32)

    with pytest.raises(BrokenModel, match="gone"):
        registry.download(removed, tmp_path)


def test_a_server_that_is_not_there_is_said_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

    with pytest.raises(CommandError, match="no MLflow server answers") as failure:
        Registry(f"http://someone:secret@127.0.0.1:{free_port()}", MODEL_NAME)

    said = str(failure.value)
    assert "secret" not in said
    assert len(said) < 200


@pytest.mark.parametrize(
    ("error", "status"), [(None, "FINISHED"), (CommandError, "FAILED"), (KeyboardInterrupt, "KILLED")]
)
def test_a_run_ends_as_its_work_does(
    error: type[BaseException] | None, status: str, make_site: Callable[..., Any]
) -> None:
    site = make_site()
    registry = Registry(site.settings.tracking_uri.get_secret_value(), MODEL_NAME)

    def work() -> None:
        with registry.run("run"):
            if error is not None:
                raise error("over")

    if error is None:
        work()
    else:
        with pytest.raises(error):
            work()

    (run,) = site.mlflow.search_runs(["1"])
    assert run.info.status == status
