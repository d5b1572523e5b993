"""Free ports below the ephemeral range, from which the kernel takes the ports of outgoing connections.

A restarted server needs its port again. A port of the ephemeral range could be taken by then, even by a client of the
server itself.
"""

from __future__ import annotations

import json
import random
import socket
from contextlib import closing
from pathlib import Path

from coursify_sandbox.errors import SandboxError

EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 15_000
HIGHEST = 65_536


def free_port() -> int:
    """A port of 127.0.0.1 that no server uses."""
    highest = _first_ephemeral_port() - 1
    generator = random.SystemRandom()
    for _ in range(200):
        port = generator.randint(min(LOWEST, highest - 1_000), highest)
        if is_free(port):
            return port
    raise SandboxError("No free port was found on 127.0.0.1: stop a server that runs on this machine.")


class KeptPorts:
    """The ports of an earlier start, by the name of the server, so that bookmarks go on working."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ports = _read_ports(file)
        self._taken: set[int] = set()

    def choose(self, name: str) -> int:
        """The port of the last start while it is free, else another one, which is kept from now on."""
        port = self._ports.get(name)
        if port is None or port in self._taken or not is_free(port):
            port = free_port()
        self._taken.add(port)
        if self._ports.get(name) != port:
            self._ports[name] = port
            self._file.write_text(json.dumps(self._ports, indent=2) + "\n")
        return port


def _read_ports(file: Path) -> dict[str, int]:
    try:
        stored = json.loads(file.read_text())
        return {str(name): int(port) for name, port in stored.items() if LOWEST <= int(port) < HIGHEST}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _first_ephemeral_port() -> int:
    try:
        return max(4_096, int(EPHEMERAL_RANGE.read_text().split()[0]))
    except (OSError, ValueError, IndexError):
        return 32_768
