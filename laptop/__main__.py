"""`python -m laptop demo|serve|serve-api`."""

import argparse
import sys

from cinecote import exits
from laptop.interruption import Interruption
from laptop.machine import Machine
from laptop.processes import Processes
from laptop.story import prepare, serve, serve_api_alone

VERBS = {"demo": (prepare, serve), "serve": (serve,), "serve-api": (serve_api_alone,)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="laptop", description=__doc__)
    parser.add_argument("verb", choices=VERBS)
    verb = parser.parse_args().verb
    interruption = Interruption()
    interruption.listen()

    def story() -> None:
        machine = Machine.from_environment()
        machine.check(page=serve in VERBS[verb])
        with Processes(machine.environment, interruption) as processes:
            for chapter in VERBS[verb]:
                chapter(machine, processes)

    sys.exit(exits.run(story))


if __name__ == "__main__":
    main()
