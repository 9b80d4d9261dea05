"""What holds for every test: where CINECOTE_REQUIRE is set, as in CI, a skip is a failure."""

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("CINECOTE_REQUIRE"):
        report.outcome = "failed"
        report.longrepr = f"skipped, though CINECOTE_REQUIRE says that everything is here: {call.excinfo}"
    return report
