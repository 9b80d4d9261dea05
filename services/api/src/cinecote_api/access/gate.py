"""What a request must pass before anything is done for it: a key where one is asked for, and its caller's rate."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from cinecote_api.access.keys import Key, Keys, Scope
from cinecote_api.access.rate_limits import RateLimit
from cinecote_api.problems.problems import FORBIDDEN, TOO_FAST, UNAUTHORIZED, Problem

Client = tuple[str, int] | None
Networks = Sequence[IPv4Network | IPv6Network]

_READING = ("GET", "HEAD")


def needed_scope(method: str, path: str) -> Scope | None:
    """The scope that a request asks for; None where it is open to everybody: probes, metrics, documentation."""
    if path.startswith("/v1/"):
        if method in _READING:
            return "read"
        return "admin" if path.startswith("/v1/model/") else "predict"
    return "predict" if path.startswith("/v2/models") else None


class Gate:
    """Lets requests through, or raises the Problem that answers them."""

    def __init__(self, keys: Keys, by_key: RateLimit, by_address: RateLimit, proxies: Networks) -> None:
        """Behind one of `proxies`, the address is the one that X-Forwarded-For says."""
        self._keys = keys
        self._by_key = by_key
        self._by_address = by_address
        self._proxies = proxies

    @property
    def is_closed(self) -> bool:
        """Whether there is anybody who may not pass to a prediction."""
        return bool(self._keys) or bool(self._by_key) or bool(self._by_address)

    def admit(self, scope: Any) -> None:
        """Return where the request of this ASGI scope may be answered; Problem 401, 403 or 429 otherwise."""
        needed = needed_scope(scope["method"], scope["path"])
        if needed is None:
            return
        headers = scope["headers"]
        said = [value for name, value in headers if name == b"authorization"]
        forwarded = [value for name, value in headers if name == b"x-forwarded-for"]
        # Of two keys neither counts: no key has a comma.
        self.admit_caller(needed, b",".join(said), b",".join(forwarded), scope.get("client"))

    def admit_caller(self, needed: Scope, authorization: bytes, forwarded: bytes, client: Client) -> None:
        """The same for a request that needs this scope, with the values of these headers, empty where there is none."""
        key = self._key(authorization) if authorization and self._keys else None
        # Before a key is refused: or whoever tries wrong ones could ask as fast as they like.
        if key is not None and self._by_key:
            _keep(self._by_key, key.name)
        elif key is None and self._by_address:
            _keep(self._by_address, self._address(forwarded, client))
        if self._keys or needed == "admin":
            self._check(authorization, key, needed)

    def _key(self, said: bytes) -> Key | None:
        """The key that was sent; None where it is none of ours."""
        kind, _, token = said.partition(b" ")
        return self._keys.find(token.strip()) if kind.lower() == b"bearer" else None

    def _check(self, said: bytes, key: Key | None, needed: Scope) -> None:
        """Return where `key`, found by what was said, opens what is needed, or where everybody may have it."""
        if said and self._keys and key is None:
            raise _unauthorized("the key is not one that is known here")
        if self._keys.is_open(needed) or (key is not None and key.opens(needed)):
            return
        if key is not None:
            raise Problem(FORBIDDEN, f"the key lacks the scope {needed}")
        if not self._keys:
            raise Problem(FORBIDDEN, "no key with the scope admin is configured")
        raise _unauthorized("send a key as Authorization: Bearer")

    def _address(self, forwarded: bytes, client: Client) -> str:
        """Where the request comes from: an IPv4 address, or an IPv6 network of the size that one caller gets."""
        said = [client[0] if client else ""]
        if self._proxies:
            said = [*forwarded.decode("latin-1").split(","), *said]
        # From the nearest on: the first that is no proxy of ours is the caller, whatever stands before it.
        for text in reversed(said):
            try:
                address = _read_address(text)
            except ValueError:
                break
            if not any(address in network for network in self._proxies):
                return _network_of(address)
        return "unknown"


def _read_address(text: str) -> IPv4Address | IPv6Address:
    """ValueError where `text` is none; IPv4's as themselves, which a socket for both kinds writes in IPv6's way."""
    address = ip_address(text.strip())
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _network_of(address: IPv4Address | IPv6Address) -> str:
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def _keep(limit: RateLimit, caller: str) -> None:
    seconds = limit.seconds_to_wait(caller)
    if seconds:
        raise Problem(TOO_FAST, "this caller's rate is used up", headers={"Retry-After": str(seconds)})


def _unauthorized(detail: str) -> Problem:
    return Problem(UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
