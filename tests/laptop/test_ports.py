"""Ports for the servers of a test."""

from tests.ports import free_port


def test_no_port_is_given_twice() -> None:
    # Of some fourteen thousand that the kernel chooses from, a thousand draws alone would meet dozens again.
    ports = [free_port() for _ in range(1000)]

    assert len(set(ports)) == len(ports)
