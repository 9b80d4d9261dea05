"""What of the requests goes to the challenger, as the registry keeps it for every replica."""

from dataclasses import asdict, dataclass
from typing import TypeGuard

import msgspec

from cinecote.features import InputFault, member_pointer

_MEMBERS = ("challenger_weight", "shadow")


class InvalidTraffic(ValueError):
    """What was said is no traffic; `faults` tell why."""

    def __init__(self, *faults: InputFault) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Traffic:
    """The share of requests that the challenger answers; in shadow it answers none, and hears all of them."""

    challenger_weight: float = 0.0
    shadow: bool = False

    @property
    def wants_challenger(self) -> bool:
        return self.shadow or self.challenger_weight > 0

    def written(self) -> str:
        return msgspec.json.encode(asdict(self)).decode()


def read_traffic(said: object) -> Traffic:
    """The traffic that an object's members say; InvalidTraffic says why it is none."""
    if not isinstance(said, dict):
        raise InvalidTraffic(InputFault("", "must be an object"))
    weight, shadow = said.get("challenger_weight"), said.get("shadow", False)
    faults = [InputFault(member_pointer(name), "is not a member of traffic") for name in said if name not in _MEMBERS]
    if not _is_share(weight):
        raise InvalidTraffic(*faults, InputFault("/challenger_weight", "must be a number from 0 to 1"))
    if not isinstance(shadow, bool):
        raise InvalidTraffic(*faults, InputFault("/shadow", "must be true or false"))
    if faults:
        raise InvalidTraffic(*faults)
    return Traffic(float(weight), shadow)


def stored_traffic(written: str | None) -> Traffic:
    """What a tag says; InvalidTraffic where somebody wrote something else into it."""
    if written is None:
        return Traffic()
    try:
        return read_traffic(msgspec.json.decode(written))
    except msgspec.DecodeError:
        raise InvalidTraffic(InputFault("", "is not JSON")) from None


def _is_share(said: object) -> TypeGuard[float]:
    return isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1
