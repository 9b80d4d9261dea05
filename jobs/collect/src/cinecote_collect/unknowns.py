"""The largest share of films of which a field may be unknown, as a setting says it: `revenue=0.98,runtime=0.7`."""

from pydantic import BeforeValidator

_FIELDS = ("release_date", "revenue", "budget", "runtime", "vote_count", "vote_average")


def _read(said: object) -> object:
    if not isinstance(said, str):
        return said
    shares = {}
    for part in said.split(","):
        name, equals, share = part.strip().partition("=")
        if name not in _FIELDS or not equals:
            raise ValueError(f"one of {', '.join(_FIELDS)}, then = and a share, with commas between")
        shares[name] = float(share)
        if not 0 <= shares[name] <= 1:
            raise ValueError("a share is from 0 to 1")
    return shares


read_shares = BeforeValidator(_read)
