"""What the api writes into a registry, beside what MLflow itself writes, and as MLflow itself reads it."""

import shutil
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cinecote.registry import CHALLENGER, CHAMPION, MODEL_NAME, SHA256_TAG, TRAFFIC_TAG
from cinecote_api.registry.registry import Registry, open_registry
from cinecote_api.settings import ApiSettings
from cinecote_train import telemetry

telemetry.switch_off()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from mlflow import MlflowClient

Write = Callable[[Any], None]
Both = tuple[Registry, MlflowClient]


def filled(uri: str, artifacts: str | None = None) -> MlflowClient:
    """A registry with two versions and a champion, as training leaves one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = MlflowClient(uri, uri)
        experiment = client.create_experiment("film-category", artifacts)
        client.create_registered_model(MODEL_NAME)
        for sha256 in ("abc", "def"):
            run = client.create_run(experiment)
            client.log_metric(run.info.run_id, "held_out.macro_f1", 0.5 + len(sha256) / 100)
            source = f"{run.info.artifact_uri}/model"
            client.create_model_version(MODEL_NAME, source, run_id=run.info.run_id, tags={SHA256_TAG: sha256})
        client.set_registered_model_alias(MODEL_NAME, CHAMPION, "2")
    return client


def opened(uri: str) -> Registry:
    return open_registry(ApiSettings(tracking_uri=SecretStr(uri)))


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    filled(f"sqlite:///{folder}/mlflow.db", (folder / "mlartifacts").as_uri())
    return folder / "mlflow.db"


@pytest.fixture(params=["file", "server"])
def registry(
    request: pytest.FixtureRequest, filled_file: Path, tmp_path: Path
) -> Iterator[tuple[Registry, MlflowClient]]:
    """The api's way to a registry, and MLflow's own to the same one."""
    if request.param == "server":
        uri = request.getfixturevalue("registry_server").address
        client = filled(uri)
    else:
        shutil.copy(filled_file, tmp_path / "mlflow.db")
        uri = f"sqlite:///{tmp_path}/mlflow.db"
        client = MlflowClient(uri, uri)
    api = opened(uri)
    yield api, client
    api.close()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as file:
        return list(file.iterdump())


@pytest.mark.parametrize(
    ("mlflow", "api"),
    [
        (
            lambda client: client.set_registered_model_alias(MODEL_NAME, CHAMPION, "1"),
            lambda registry: registry.point(CHAMPION, "1"),
        ),
        (
            lambda client: client.set_registered_model_alias(MODEL_NAME, CHALLENGER, "1"),
            lambda registry: registry.point(CHALLENGER, "1"),
        ),
        (
            lambda client: client.set_registered_model_tag(MODEL_NAME, TRAFFIC_TAG, "{}"),
            lambda registry: registry.set_tag(TRAFFIC_TAG, "{}"),
        ),
    ],
    ids=["an alias that is there", "a new alias", "a tag"],
)
def test_the_file_holds_the_same_rows_whoever_wrote_them(
    filled_file: Path, tmp_path: Path, mlflow: Write, api: Write
) -> None:
    by_mlflow, by_api = (Path(shutil.copy(filled_file, tmp_path / name)) for name in ("mlflow.db", "api.db"))

    mlflow(MlflowClient(f"sqlite:///{by_mlflow}", f"sqlite:///{by_mlflow}"))
    api(opened(f"sqlite:///{by_api}"))

    assert dump(by_api) == dump(by_mlflow)
    assert dump(by_api) != dump(filled_file)


def test_what_the_api_writes_mlflow_reads_and_what_mlflow_writes_or_deletes_the_api_finds(registry: Both) -> None:
    api, client = registry
    before = api.named(CHAMPION)

    api.point(CHAMPION, "1")
    api.set_tag(TRAFFIC_TAG, '{"challenger_weight":0.5}')
    client.set_registered_model_alias(MODEL_NAME, CHALLENGER, "2")

    assert before == api.version("2") == api.named(CHALLENGER)
    assert str(client.get_model_version_by_alias(MODEL_NAME, CHAMPION).version) == "1"
    assert client.get_registered_model(MODEL_NAME).tags[TRAFFIC_TAG] == api.tag(TRAFFIC_TAG)
    assert [(version.version, version.sha256, version.aliases) for version in api.versions()] == [
        ("2", "def", [CHALLENGER]),
        ("1", "abc", [CHAMPION]),
    ]
    assert all(version.metrics == {"held_out.macro_f1": 0.53} for version in api.versions())

    client.delete_model_version(MODEL_NAME, "2")

    assert api.version("2") is None
    assert api.named(CHALLENGER) is None
    assert [version.version for version in api.versions()] == ["1"]
