"""Alertmanager's configuration, made of variables: whom it tells, and what it says where one is missing."""

import pytest

from .stack import Stack

MAIL = {"CINECOTE_ALERT_EMAIL_TO": "us@example.org", "CINECOTE_ALERT_SMTP_HOST": "mail.example.org:587"}


@pytest.mark.parametrize(
    ("said", "ends", "printed"),
    [
        ({"CINECOTE_ALERT_WEBHOOK_URL": "http://receiver/"}, 0, "1 receivers"),
        (MAIL, 0, "1 receivers"),
        (
            MAIL | {"CINECOTE_ALERT_SMTP_USERNAME": "o'neil: x", "CINECOTE_ALERT_SMTP_PASSWORD": "'#\\ \""},
            0,
            "1 receivers",
        ),
        ({}, 2, "CINECOTE_ALERT_WEBHOOK_URL or CINECOTE_ALERT_EMAIL_TO"),
        ({"CINECOTE_ALERT_EMAIL_TO": "us@example.org"}, 2, "CINECOTE_ALERT_SMTP_HOST"),
        ({"CINECOTE_ALERT_WEBHOOK_URL": "receiver"}, 1, "unsupported scheme"),
    ],
)
def test_receivers_are_what_the_variables_say(stack: Stack, said: dict[str, str], ends: int, printed: str) -> None:
    given = {"CINECOTE_ALERT_WEBHOOK_URL": ""} | said
    variables = [part for name, value in given.items() for part in ("-e", f"{name}={value}")]

    done = stack.run("run", "--rm", "-T", "--no-deps", *variables, "alertmanager", "--version")

    assert done.returncode == ends, done.stderr
    assert printed in done.stdout + done.stderr
