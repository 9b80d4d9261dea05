import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from cinecote.exits import UsageError
from cinecote.settings import read_settings
from cinecote.storage_metrics import StorageMetrics, StorageSettings

COMMAND = [sys.executable, "-c", "from cinecote.storage_metrics import main; main()"]


def told(volumes: Mapping[str, Path]) -> dict[tuple[str, str], float]:
    registry = CollectorRegistry()
    registry.register(StorageMetrics(volumes))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {(sample.name, sample.labels["volume"]): sample.value for family in families for sample in family.samples}


def start(**settings: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CINECOTE_LOG_FORMAT": "json", "CINECOTE_STORAGE_HOST": "127.0.0.1", **settings}
    return subprocess.Popen(COMMAND, env=environment, stderr=subprocess.PIPE, text=True)


def test_a_volume_is_told_with_what_may_still_be_written_and_its_size(tmp_path: Path) -> None:
    found = os.statvfs(tmp_path)

    values = told({"mysql": tmp_path})

    assert values["cinecote_storage_size_bytes", "mysql"] == found.f_blocks * found.f_frsize
    assert values["cinecote_storage_free_bytes", "mysql"] == pytest.approx(found.f_bavail * found.f_frsize, rel=0.1)


def test_a_volume_that_is_gone_is_not_told_and_the_others_are(tmp_path: Path) -> None:
    values = told({"gone": tmp_path / "gone", "there": tmp_path})

    assert {volume for _, volume in values} == {"there"}


def test_nothing_is_told_where_nothing_can_be_looked_at(tmp_path: Path) -> None:
    assert told({"gone": tmp_path / "gone"}) == {}


def test_volumes_are_read_from_one_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINECOTE_STORAGE_VOLUMES", "mysql=/var/lib/mysql, artifacts=/mlartifacts")

    volumes = read_settings(StorageSettings).volumes

    assert volumes == {"mysql": Path("/var/lib/mysql"), "artifacts": Path("/mlartifacts")}


@pytest.mark.parametrize("said", ["/var/lib/mysql", "mysql=", "=/var", "mysql=var", "a=/a,a=/b"])
def test_what_names_no_volumes_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINECOTE_STORAGE_VOLUMES", said)

    with pytest.raises(UsageError, match="CINECOTE_STORAGE_VOLUMES"):
        read_settings(StorageSettings)


@pytest.mark.parametrize(
    ("volumes", "cause"), [("", "names no volume"), ("mysql=/no/such/folder", "mysql: /no/such/folder is no folder")]
)
def test_the_command_says_in_one_line_which_volume_it_lacks(volumes: str, cause: str) -> None:
    with start(CINECOTE_STORAGE_VOLUMES=volumes) as process:
        _, said = process.communicate(timeout=30)

    assert process.returncode == 2
    assert cause in said
    assert said.count("\n") == 1


def test_the_command_says_in_one_line_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with start(CINECOTE_STORAGE_VOLUMES=f"mysql={tmp_path}", CINECOTE_STORAGE_PORT=port) as process:
            _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.startswith(f"error: can't listen on 127.0.0.1, port {port}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_answers_scrapes_until_it_is_told_to_end(number: signal.Signals, tmp_path: Path) -> None:
    with start(CINECOTE_STORAGE_VOLUMES=f"mysql={tmp_path}", CINECOTE_STORAGE_PORT="0") as process:
        assert process.stderr is not None
        port = process.stderr.readline().partition('"port": ')[2].partition(",")[0]
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            metrics = answer.read().decode()
        process.send_signal(number)
        process.wait(timeout=30)

    assert 'cinecote_storage_free_bytes{volume="mysql"}' in metrics
    assert process.returncode == 0
