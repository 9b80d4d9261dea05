"""What a person is told while a training goes on."""

import json

import pytest
from rich.console import Console
from rich.progress import Progress

from cinecote.logs import configure_logs
from cinecote_train.progress import BarWatcher, LogWatcher


def test_searches_that_are_taken_up_are_told_above_the_bar() -> None:
    console = Console(record=True, force_terminal=True, width=80)
    with Progress(console=console, transient=True) as progress:
        BarWatcher(progress).taken_up(9)

    assert "9 searches of an earlier run are taken up" in console.export_text()


def test_searches_that_are_taken_up_are_a_line_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("train")

    LogWatcher().taken_up(9)

    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["searches"]) == ("searches of an earlier run are taken up", 9)
