"""What holds for every test: a skip is a failure where CINECOTE_REQUIRE says that what it lacks is here."""

import os
from collections.abc import Generator

import pytest

# What CINECOTE_REQUIRE may list, with commas between, and the word by which a skip for its sake is known.
NEEDS = {
    "engine": "Docker engine",
    "cluster": "KUBECONFIG",
    "mysql": "CINECOTE_TEST_MYSQL_URL",
    "browser": "browser",
    "mlflow-2.7": "MLflow 2.7",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and call.excinfo and not _excused(str(call.excinfo.value)):
        report.outcome = "failed"
        report.longrepr = f"skipped, though CINECOTE_REQUIRE says that it needn't be: {call.excinfo.value}"
    return report


def pytest_configure() -> None:
    unknown = _required() - NEEDS.keys()
    if unknown:
        raise pytest.UsageError(f"CINECOTE_REQUIRE takes {', '.join(NEEDS)}; not {', '.join(sorted(unknown))}")


def _required() -> set[str]:
    return {need.strip() for need in os.environ.get("CINECOTE_REQUIRE", "").split(",") if need.strip()}


def _excused(reason: str) -> bool:
    """Whether what a skip lacks isn't promised; where anything is, every skip must say what it lacks."""
    needed = {need for need, word in NEEDS.items() if word in reason}
    required = _required()
    return not required or (bool(needed) and not needed <= required)
