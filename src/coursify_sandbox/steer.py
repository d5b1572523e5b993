"""`coursify sandbox stop|start|restart NAME`: asks the running supervisor."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from coursify_sandbox.data_folder import locate_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.control import ask_supervisor

Name = Literal["postgres", "redis", "worker", "api", "stripe", "mailbox"]
DataDir = Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR", help="The sandbox's data folder.")]


def stop(name: Name, /, *, data_dir: DataDir = None) -> None:
    """Stop one part on purpose; it stays stopped until it is started."""
    _ask("stop", name, data_dir)


def start(name: Name, /, *, data_dir: DataDir = None) -> None:
    """Start a part that was stopped, and return when it is ready."""
    _ask("start", name, data_dir)


def restart(name: Name, /, *, data_dir: DataDir = None) -> None:
    """Stop a part and start it again, and return when it is ready."""
    _ask("restart", name, data_dir)


def _ask(verb: str, name: str, data_dir: Path | None) -> None:
    try:
        sentence = ask_supervisor(locate_data_folder(data_dir), verb, name)
    except SandboxError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    Console().print(sentence, highlight=False, soft_wrap=True, markup=False)
