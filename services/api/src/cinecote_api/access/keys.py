"""Keys: who may ask for what."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal["predict", "read", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_PREFIX = "cine_"
_ENTRY = re.compile(r"(?P<name>[A-Za-z0-9_.-]{1,64}):(?P<scopes>[a-z+]+):(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: its owner's name, what it opens, and its SHA-256, from which nobody gets it back."""

    name: str
    scopes: frozenset[Scope]
    digest: bytes

    def opens(self, scope: Scope) -> bool:
        return scope in self.scopes or "admin" in self.scopes

    def __str__(self) -> str:
        """The entry for CINECOTE_API_KEYS."""
        scopes = "+".join(scope for scope in SCOPES if scope in self.scopes)
        return f"{self.name}:{scopes}:{self.digest.hex()}"


class Keys:
    """The keys that are configured."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._by_digest: Mapping[bytes, Key] = {key.digest: key for key in keys}
        scopes = {scope for key in self._by_digest.values() for scope in key.scopes}
        self._closed = scopes & {"predict", "read"}

    def __bool__(self) -> bool:
        return bool(self._by_digest)

    def is_open(self, scope: Scope) -> bool:
        """Whether everybody may: predict and read are open until a key for one of them is configured."""
        return scope != "admin" and not self._closed

    def find(self, token: bytes) -> Key | None:
        """The key that `token` is."""
        # Keys are random and long: what a look-up's time tells about a digest leads to none.
        return self._by_digest.get(hashlib.sha256(token).digest())


def read_keys(text: str) -> Keys:
    """The keys in entries `name:scope+scope:sha256` with blanks between; ValueError names the first that is none."""
    keys = [_read_key(entry, number) for number, entry in enumerate(text.split(), 1)]
    if len({key.name for key in keys}) < len(keys):
        raise ValueError("two keys have one name")
    return Keys(keys)


def make_key(name: str, scopes: Iterable[Scope]) -> tuple[str, Key]:
    """A new key: what its owner sends, and what is kept of it; ValueError where the name can't be one."""
    token = _PREFIX + secrets.token_urlsafe(32)
    key = Key(name, frozenset(scopes), hashlib.sha256(token.encode("ascii")).digest())
    return token, _read_key(str(key), 1)


def _read_key(entry: str, number: int) -> Key:
    found = _ENTRY.fullmatch(entry)
    scopes = found["scopes"].split("+") if found else []
    if found is None or not set(scopes) <= set(SCOPES):
        raise ValueError(f"entry {number} is no name:scope+scope:sha256, with scopes of {', '.join(SCOPES)}")
    known = frozenset(scope for scope in SCOPES if scope in scopes)
    return Key(found["name"], known, bytes.fromhex(found["digest"]))
