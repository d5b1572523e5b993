"""The socket over which `coursify sandbox stop|start|restart NAME` reaches the running supervisor.

A Unix socket in the data folder that only its owner can use. A request and its response are one line of JSON each.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError

Handler = Callable[[str, str], Awaitable[str]]
TIMEOUT_SECONDS = 90.0


async def open_control_socket(folder: DataFolder, handle: Handler) -> asyncio.Server:
    """Respond to each request with the message that `handle(action, name)` returns or raises."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            response = await _handle_line(await reader.readline(), handle)
            writer.write(json.dumps(response).encode() + b"\n")
            await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(respond, sock=_bind(folder))


def send_control_request(folder: DataFolder, action: str, name: str) -> str:
    """Send a request to the running supervisor; return its message, or raise SandboxError with its error."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(TIMEOUT_SECONDS)
        try:
            _run_in_folder(folder, lambda: connection.connect(folder.control_socket.name))
            connection.sendall(json.dumps({"action": action, "name": name}).encode() + b"\n")
            response = json.loads(connection.makefile().readline())
        except (OSError, ValueError) as error:
            raise SandboxError(f"No sandbox is running in {folder.root}: start one with `make run`.") from error
    if not response["ok"]:
        raise SandboxError(response["message"])
    return str(response["message"])


async def _handle_line(line: bytes, handle: Handler) -> dict[str, object]:
    try:
        request = json.loads(line)
        return {"ok": True, "message": await handle(request["action"], request["name"])}
    except SandboxError as error:
        return {"ok": False, "message": str(error)}
    except (ValueError, KeyError, TypeError):
        return {"ok": False, "message": "The request is invalid."}


def _bind(folder: DataFolder) -> socket.socket:
    folder.control_socket.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    umask = os.umask(0o177)
    try:
        _run_in_folder(folder, lambda: listener.bind(folder.control_socket.name))
    except OSError as error:
        listener.close()
        raise SandboxError(
            f"Cannot create a socket in {folder.root} ({error.strerror}): choose a local folder with --data-dir."
        ) from error
    finally:
        os.umask(umask)
    return listener


def _run_in_folder(folder: DataFolder, action: Callable[[], None]) -> None:
    """The path of a socket is limited to about 100 characters, so the action uses its file name only."""
    working_directory = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder.root)
        action()
    finally:
        os.fchdir(working_directory)
        os.close(working_directory)
