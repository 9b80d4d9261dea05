"""How much the tests try that make up what they send."""

import os

from hypothesis import HealthCheck, settings

ASKED = os.environ.get("CINECOTE_FUZZ_EXAMPLES")
"""So many examples a test, where `make fuzz` asks for more than usual."""


def examples(usual: int) -> int:
    return int(ASKED) if ASKED else usual


def many(usual: int) -> settings:
    """As many examples, on one API, however slow the machine."""
    return settings(
        max_examples=examples(usual), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
