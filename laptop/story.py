"""The main job from an empty folder to a page that answers."""

import time
from contextlib import suppress
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError

from cinecote.database import connect
from cinecote.exits import CommandError
from cinecote.settings import DatabaseSettings, read_settings
from cinecote.tables import promotions
from laptop.machine import Machine
from laptop.processes import Processes

_SECONDS_TO_ANSWER = 60

_WELCOME = """
CinéCote answers:
  the page   {web}/
  the API    {api}/docs

Try: give the page a film's budget, revenue, votes and running time, or search for a film; or
  curl -s {api}/v1/predictions -H 'Content-Type: application/json' \\
    -d '{{"revenue": 150e6, "budget": 30e6, "vote_count": 5200, "runtime": 121}}'
Ctrl-C ends it; what was collected and trained stays in var/.
"""


def prepare(_machine: Machine, processes: Processes) -> None:
    """Tables, the sample's films, and a champion; what is there already stays."""
    print("1/4 the database", flush=True)
    processes.step("cinecote-migrate")
    print("2/4 the sample's films", flush=True)
    processes.step("cinecote-collect", "sample")
    if _has_champion():
        print("3/4 the champion stands (cinecote-train run trains anew)", flush=True)
    else:
        print("3/4 training, about a minute", flush=True)
        processes.step("cinecote-train", "run")
    print("4/4 the services", flush=True)


def serve(machine: Machine, processes: Processes) -> None:
    """The api and the page, until one of them ends or the story is interrupted."""
    if not _has_champion():
        raise CommandError("there is no champion to serve yet; `make demo` makes one")
    processes.service("cinecote-api")
    processes.service("cinecote-web")
    for url in (machine.api_url, machine.web_url):
        _wait(f"{url}/readyz", processes)
    _watch(processes, _WELCOME.format(web=machine.web_url, api=machine.api_url))


def serve_api_alone(machine: Machine, processes: Processes) -> None:
    processes.service("cinecote-api")
    _wait(f"{machine.api_url}/livez", processes)
    _watch(processes, f"the API answers at {machine.api_url}/docs; Ctrl-C ends it")


def _has_champion() -> bool:
    engine = connect(read_settings(DatabaseSettings).database_url.get_secret_value(), read_only=True)
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(select(exists().where(promotions.c.decision == "promoted"))))
    except OperationalError:
        return False


def _wait(address: str, processes: Processes) -> None:
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        processes.check()
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise CommandError(f"{address} did not answer well within {_SECONDS_TO_ANSWER} s; see var/log")


def _watch(processes: Processes, welcome: str) -> None:
    """Say so, then wait until interrupted, which is how a service ends well."""
    with suppress(KeyboardInterrupt):
        # Whoever reads it may end it at once.
        print(welcome, flush=True)
        while True:
            processes.check()
            time.sleep(0.5)
