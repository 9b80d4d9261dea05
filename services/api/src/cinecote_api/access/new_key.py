"""`cinecote-key`: makes a key for the API."""

import argparse
import sys

from cinecote import exits
from cinecote.exits import UsageError
from cinecote_api.access.keys import SCOPES, make_key


def run() -> None:
    parser = argparse.ArgumentParser(prog="cinecote-key", description="Make a key for the API; it is shown this once.")
    parser.add_argument("name", help="whose key it is, for limits and logs")
    parser.add_argument("scopes", nargs="+", choices=SCOPES, help="what it opens; admin includes the others")
    asked = parser.parse_args()
    try:
        token, key = make_key(asked.name, asked.scopes)
    except ValueError:
        raise UsageError("a name has up to 64 letters, digits, and -._") from None
    print(f"key, for its owner alone   {token}")
    print(f"entry of CINECOTE_API_KEYS {key}")


def main() -> None:
    sys.exit(exits.run(run))
