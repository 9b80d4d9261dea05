"""Whose rate a request counts for."""

from ipaddress import ip_network
from typing import Any

import pytest

from cinecote_api.access.gate import Gate
from cinecote_api.access.keys import make_key, read_keys
from cinecote_api.access.rate_limits import RateLimit
from cinecote_api.problems.problems import Problem

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def request(client: str, forwarded: str = "") -> dict[str, Any]:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return {"method": "POST", "path": "/v1/predictions", "headers": headers, "client": (client, 1234)}


def are_one_caller(first: dict[str, Any], second: dict[str, Any]) -> bool:
    gate = Gate(read_keys(""), RateLimit(0), RateLimit(0.001), PROXIES)
    gate.admit(first)
    return refused(gate, second) == 429


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        (request("192.0.2.1"), request("192.0.2.1"), True),
        (request("192.0.2.1"), request("192.0.2.2"), False),
        # Anybody may write the header; ours alone is believed.
        (request("192.0.2.1", "198.51.100.1"), request("192.0.2.1", "198.51.100.2"), True),
        (request("10.0.0.5", "198.51.100.1"), request("10.0.0.5", "198.51.100.2"), False),
        (request("10.0.0.5", "1.1.1.1, 198.51.100.1"), request("10.0.0.5", "2.2.2.2, 198.51.100.1"), True),
        (request("10.0.0.5", "198.51.100.1, 10.0.0.9"), request("10.0.0.6", "198.51.100.1"), True),
        (request("10.0.0.5", "rubbish"), request("10.0.0.6", "other"), True),
        # A caller has a network of IPv6 addresses.
        (request("2001:db8::1"), request("2001:db8::2"), True),
        (request("2001:db8::1"), request("2001:db8:0:1::1"), False),
        # So a socket writes IPv4 addresses that listens for both kinds.
        (request("::ffff:192.0.2.1"), request("::ffff:192.0.2.2"), False),
        (request("::ffff:192.0.2.1"), request("192.0.2.1"), True),
        (request("::ffff:10.0.0.5", "198.51.100.1"), request("::ffff:10.0.0.5", "198.51.100.2"), False),
    ],
)
def test_a_caller_is_known_by_its_address(first: dict[str, Any], second: dict[str, Any], one: bool) -> None:
    assert are_one_caller(first, second) is one


@pytest.mark.parametrize("path", ["/v1/predictions", "/v1/model/reload"])
@pytest.mark.parametrize("sent", ["", "Bearer wrong", "Basic x"])
def test_who_has_no_key_of_ours_can_not_try_as_often_as_they_like(path: str, sent: str) -> None:
    _, key = make_key("us", ["predict"])
    gate = Gate(read_keys(str(key)), RateLimit(0), RateLimit(0.001), PROXIES)
    trying = request("192.0.2.1") | {"path": path, "headers": [(b"authorization", sent.encode())] if sent else []}

    assert [refused(gate, trying) for _ in range(2)] == [401, 429]


def test_a_key_whose_scope_is_too_small_counts_for_its_rate() -> None:
    token, key = make_key("us", ["predict"])
    gate = Gate(read_keys(str(key)), RateLimit(0.001), RateLimit(0), PROXIES)
    trying = request("192.0.2.1") | {"path": "/v1/model/reload"}
    trying |= {"headers": [(b"authorization", f"Bearer {token}".encode())]}

    assert [refused(gate, trying) for _ in range(2)] == [403, 429]


def refused(gate: Gate, request: dict[str, Any]) -> int | None:
    try:
        gate.admit(request)
    except Problem as problem:
        return problem.kind.status
    return None
