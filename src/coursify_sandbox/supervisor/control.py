"""The door through which `coursify sandbox stop|start|restart NAME` reaches the running supervisor.

A socket in the data folder, for its owner only. One line asks, one line answers, both JSON.
"""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError

Handler = Callable[[str, str], Awaitable[str]]
PATIENCE = 90.0


async def open_control_door(folder: DataFolder, handle: Handler) -> asyncio.Server:
    """Answer each request with what `handle(verb, name)` says, or with the sentence of its refusal."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            reply = await _reply(await reader.readline(), handle)
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(answer, sock=_bind(folder))


def ask_supervisor(folder: DataFolder, verb: str, name: str) -> str:
    """Ask a running supervisor; return its sentence, raise with it when it refuses."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE)
        try:
            _from_within(folder, lambda: connection.connect(folder.control.name))
            connection.sendall(json.dumps({"verb": verb, "name": name}).encode() + b"\n")
            reply = json.loads(connection.makefile().readline())
        except (OSError, ValueError) as error:
            raise SandboxError(
                f"No sandbox is running with its data in {folder.root}: start it with `make run`."
            ) from error
    if not reply["ok"]:
        raise SandboxError(reply["text"])
    return str(reply["text"])


async def _reply(line: bytes, handle: Handler) -> dict[str, object]:
    try:
        request = json.loads(line)
        return {"ok": True, "text": await handle(request["verb"], request["name"])}
    except SandboxError as error:
        return {"ok": False, "text": str(error)}
    except (ValueError, KeyError, TypeError):
        return {"ok": False, "text": "The request was not understood."}


def _bind(folder: DataFolder) -> socket.socket:
    folder.control.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        _from_within(folder, lambda: door.bind(folder.control.name))
    except OSError as error:
        door.close()
        raise SandboxError(
            f"No socket can be made in {folder.root} ({error.strerror}): choose a local folder with --data-dir."
        ) from error
    finally:
        os.umask(before)
    return door


def _from_within(folder: DataFolder, act: Callable[[], None]) -> None:
    """A socket's path may have about a hundred characters, a folder's more: so only its name is used."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder.root)
        act()
    finally:
        os.fchdir(before)
        os.close(before)
