"""Free ports below the ephemeral range, from which the kernel takes the ports of outgoing connections.

A restarted server needs its port again. A port of the ephemeral range could be taken by then, even by a client of the
server itself.
"""

from __future__ import annotations

import random
import socket
from contextlib import closing
from pathlib import Path

from coursify_sandbox.errors import SandboxError

EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 15_000


def free_port() -> int:
    """A port of 127.0.0.1 that no server uses."""
    highest = _first_ephemeral_port() - 1
    generator = random.SystemRandom()
    for _ in range(200):
        port = generator.randint(min(LOWEST, highest - 1_000), highest)
        if is_free(port):
            return port
    raise SandboxError("No free port was found on 127.0.0.1: stop a server that runs on this machine.")


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
