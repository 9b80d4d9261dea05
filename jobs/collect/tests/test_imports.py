"""What a command takes to begin."""

import subprocess
import sys

TELL = "import sys, cinecote_collect.main; print(*sys.modules)"


def test_only_what_asks_tmdb_takes_a_client_of_http() -> None:
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, check=True)

    assert {"aiohttp", "cinecote_collect.tmdb.client"}.isdisjoint(done.stdout.split())
