"""`coursify tour`: runs the steps against the running sandbox."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.run_file import RunFile, read_run_file
from coursify_sandbox.tour.output import TourOutput
from coursify_sandbox.tour.run_tour import run_tour


def tour(
    *,
    data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None,
    patience: Annotated[float, Parameter(validator=Number(gt=0))] = 1,
) -> None:
    """Buy, learn, review and refund a course in the running sandbox; exit with 0 when every step succeeded.

    Parameters
    ----------
    data_dir
        The data folder of the sandbox (default: .coursify in the checkout).
    patience
        How many times longer than usual each step may take, for a busy machine.
    """
    console = Console(highlight=False)
    try:
        run_file = find_sandbox(data_dir)
    except SandboxError as error:
        console.print(f"[bold red]✗[/] {error}", soft_wrap=True)
        sys.exit(1)
    console.print(f"[bold]A student buys a course[/] at {run_file['api']}")
    if not run_tour(run_file, TourOutput(console), patience=patience):
        sys.exit(1)
    console.print(f"    The emails are in the mailbox: {run_file['mailbox']}")


def find_sandbox(data_dir: Path | None) -> RunFile:
    """The run file of the sandbox; raises SandboxError when it runs without the stand-ins."""
    run_file = read_run_file(data_dir)
    if not run_file.get("stripe") or not run_file.get("mailbox"):
        raise SandboxError("The tour needs the Stripe stand-in and the mailbox, which this sandbox does not run.")
    return run_file
