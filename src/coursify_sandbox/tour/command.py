"""`coursify tour`: play the whole story against the running sandbox."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.run_file import RunFile, read_run_file
from coursify_sandbox.tour.play import play
from coursify_sandbox.tour.teller import Teller


def tour(*, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None) -> None:
    """Play the whole story against the running sandbox; exit 0 only if every step did what it says.

    Parameters
    ----------
    data_dir
        Where the running sandbox keeps its data (default: .coursify in the tree).
    """
    console = Console(highlight=False)
    try:
        run = find_sandbox(data_dir)
    except SandboxError as error:
        console.print(f"[bold red]✗[/] {error}", soft_wrap=True)
        sys.exit(1)
    console.print(f"[bold]A student buys a course[/], told by the system at {run['api']}")
    if not play(run, Teller(console)):
        sys.exit(1)
    console.print(f"    The letters are in the mailbox: {run['mailbox']}")


def find_sandbox(data_dir: Path | None) -> RunFile:
    """The running sandbox, if it is one with the stand-ins that the story needs."""
    run = read_run_file(data_dir)
    if not run.get("stripe") or not run.get("mailbox"):
        raise SandboxError("The tour needs the Stripe stand-in and the mailbox, and this sandbox runs without them.")
    return run
