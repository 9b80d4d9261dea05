"""Free ports of this machine for the servers of a test."""

import socket

_given: set[int] = set()


def free_port() -> int:
    """A port that nothing listens on and that this process was not given before: the kernel may name one twice."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
