"""Which https addresses collect goes to, and the connection to one: what was checked is what is connected to."""

import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from cinecote.exits import UsageError

_SECONDS_TO_ANSWER = 20.0


def read_address(text: str) -> SplitResult:
    """`text` as an https address; ValueError where it is none, or holds a password."""
    address = urlsplit(text)
    if address.scheme != "https" or not address.hostname:
        raise ValueError("only https:// addresses are collected")
    if address.username or address.password:
        raise ValueError("an address with a user or a password in it would end in logs")
    if not text.isascii() or any(letter <= " " for letter in text) or address.port == 0:
        raise ValueError("not an https address")
    try:
        address.hostname.encode("idna")
    except UnicodeError:
        raise ValueError("not an https address") from None
    return address


def shown(address: SplitResult) -> str:
    """The address without its query, which may hold a key."""
    return f"https://{address.netloc}{address.path}"


class CheckedConnection(HTTPSConnection):
    """A verified TLS connection to an address that may be gone to; UsageError where the name leads to another.

    The name is looked up once: it can't lead elsewhere between being checked and being connected to.
    """

    def __init__(self, address: SplitResult, *, private: bool) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(address.hostname or "", address.port or 443, timeout=_SECONDS_TO_ANSWER, context=self._tls)
        self._name = shown(address)
        self._private = private

    def connect(self) -> None:
        """Connect to the first of the host's addresses that answers."""
        fault: OSError | None = None
        for place in self._places():
            try:
                plain = socket.create_connection(place, self.timeout)
            except OSError as error:
                fault = error
                continue
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
            return
        raise fault or OSError("the host has no address")

    def _places(self) -> Iterator[tuple[str, int]]:
        for *_, place in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            number = str(place[0])
            # A scope, as in fe80::1%eth0, is of an address that is refused anyway.
            if not may_be_reached(ip_address(number.partition("%")[0]), private=self._private):
                raise UsageError(
                    f"{self._name}: its host is {number}, no public address "
                    "(CINECOTE_COLLECT_PRIVATE_ADDRESSES=true allows those of one's own networks)"
                )
            yield number, self.port


def may_be_reached(address: IPv4Address | IPv6Address, *, private: bool) -> bool:
    """Whether collect goes there: to public addresses, and with `private` to those of one's own networks and machine.

    Never to link-local ones, where clouds keep their machines' keys, nor to what is no single host.
    """
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        return may_be_reached(inner, private=private)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if address.is_loopback or address.is_private:
        return private
    return address.is_global
