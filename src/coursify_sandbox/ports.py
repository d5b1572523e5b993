"""Free ports below the range the kernel lends to outgoing connections.

A stopped service must find its port free when it returns; from the lent range any client's connection could
have taken it, even one that was calling the service itself.
"""

import random
import socket
from contextlib import closing
from pathlib import Path

from coursify_sandbox.errors import SandboxError

LENT_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 15_000


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens now."""
    highest = _first_lent_port() - 1
    choose = random.SystemRandom()
    for _ in range(200):
        port = choose.randint(min(LOWEST, highest - 1_000), highest)
        if is_free(port):
            return port
    raise SandboxError("No free port was found on 127.0.0.1: stop some of the servers that run here.")


def is_free(port: int) -> bool:
    """Whether we could listen on the port of 127.0.0.1 now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections on the port of 127.0.0.1."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _first_lent_port() -> int:
    try:
        return max(4_096, int(LENT_RANGE.read_text().split()[0]))
    except (OSError, ValueError, IndexError):
        return 32_768
