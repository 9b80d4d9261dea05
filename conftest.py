"""What holds for every test: where CINECOTE_REQUIRE is set, as in CI, a skip is a failure."""

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.skipped and os.environ.get("CINECOTE_REQUIRE"):
        report.outcome = "failed"
        report.longrepr = f"skipped, though CINECOTE_REQUIRE says that everything is here: {call.excinfo}"
    return report
