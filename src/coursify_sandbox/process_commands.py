"""`coursify sandbox stop|start|restart NAME`: sends the request to the running supervisor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from coursify_sandbox.data_folder import locate_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.control_socket import send_control_request

ProcessName = Literal["postgres", "redis", "worker", "api", "stripe", "mailbox"]
DataDir = Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR", help="The sandbox's data folder.")]


def stop(name: ProcessName, /, *, data_dir: DataDir = None) -> None:
    """Stop one process; it is not restarted until `start`."""
    _send("stop", name, data_dir)


def start(name: ProcessName, /, *, data_dir: DataDir = None) -> None:
    """Start a stopped process and wait until it is ready."""
    _send("start", name, data_dir)


def restart(name: ProcessName, /, *, data_dir: DataDir = None) -> None:
    """Restart a process and wait until it is ready."""
    _send("restart", name, data_dir)


def _send(action: str, name: str, data_dir: Path | None) -> None:
    try:
        message = send_control_request(locate_data_folder(data_dir), action, name)
    except SandboxError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    Console().print(message, highlight=False, soft_wrap=True, markup=False)
