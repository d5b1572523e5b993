"""The address that a command listens on."""

from __future__ import annotations

import errno
import socket

from coursify.core.environment import ConfigurationError

_REASONS = {
    errno.EADDRINUSE: "another program listens there. Stop it, or choose another --port",
    errno.EACCES: "this account may not use it. Choose a --port above 1023",
    errno.EADDRNOTAVAIL: "no interface of this machine has the address. Choose another --host, such as 0.0.0.0",
}


def require_address(host: str, port: int) -> str:
    """Returns the IP address of HOST. Raises ConfigurationError when HOST:PORT cannot be listened on.

    The server shares its port among its processes, so that it would not notice another program of the same account.
    """
    if not 1 <= port <= 65_535:
        raise ConfigurationError(f"--port {port}: expected a number from 1 to 65535.")
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise ConfigurationError(f"--host {host}: this is no address of this machine.") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, error.strerror or "it cannot be used")
            raise ConfigurationError(f"{host}:{port} cannot be listened on: {reason}.") from error
    return str(address[0])
