"""`coursify up`: the whole system on this machine, without any account, until Ctrl-C."""

import asyncio
import errno
import io
import os
import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console

from coursify_sandbox.data_folder import DataFolder, locate_data_folder, make_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.keys import load_keys
from coursify_sandbox.ports import free_port
from coursify_sandbox.run_file import remove_run_file
from coursify_sandbox.supervisor.checks import check_disk, check_port, take_lock
from coursify_sandbox.supervisor.plan import Plan, make_plan, refuse_production
from coursify_sandbox.supervisor.screen import Screen
from coursify_sandbox.supervisor.stale_processes import end_stale_processes
from coursify_sandbox.supervisor.supervise import supervise

NO_SPACE = "No space left on device"
LOG_LIMIT = 5_000_000


def up(
    *,
    port: Annotated[int, Parameter(env_var="COURSIFY_PORT", validator=Number(gte=0, lte=65_535))] = 8000,
    data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None,
    empty: Annotated[bool, Parameter(negative="")] = False,
    reload: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Run everything here, without any account, until Ctrl-C.

    Parameters
    ----------
    port
        Where the API listens on 127.0.0.1; 0 takes a free port. All other ports are free ones.
    data_dir
        Where data, keys and logs are kept (default: .coursify in the tree).
    empty
        Seed no sample school, only one account per role.
    reload
        Start API and worker again when a source file changes.
    """
    began = time.monotonic()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our check marks must not stop us
    screen = Screen(Console(highlight=False))
    folder = locate_data_folder(data_dir)
    try:
        plan = _prepare(folder, screen, port=port or free_port(), empty=empty, reload=reload)
        asyncio.run(supervise(plan, screen, began))
    except (SandboxError, OSError, ExceptionGroup) as error:
        screen.complain(_explain(error, folder))
        sys.exit(1)


def _prepare(folder: DataFolder, screen: Screen, *, port: int, empty: bool, reload: bool) -> Plan:
    """Check everything that can be checked before anything is started, and decide what to start."""
    refuse_production(os.environ)
    make_data_folder(folder)
    take_lock(folder)
    end_stale_processes(folder)
    remove_run_file(folder)
    check_port(port)
    check_disk(folder.root, is_first_start=not folder.seeded.exists())
    for log in (folder.root / "logs").glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
    plan = make_plan(
        folder,
        load_keys(folder.secrets),
        port=port,
        is_empty_school=empty,
        is_reloading=reload,
        outside=dict(os.environ),
    )
    moved_to = plan.cluster.home.moved_to if plan.cluster else None
    if moved_to:
        check_disk(moved_to, is_first_start=not folder.seeded.exists())
        screen.tell(
            f"PostgreSQL cannot run as root, and its account cannot reach {folder.root}: "
            f"its data is kept in {moved_to}."
        )
    return plan


def _explain(error: Exception, folder: DataFolder) -> str:
    """One sentence for the first failure; a full disk is named as such wherever it showed."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, SandboxError | OSError):
        raise error
    if getattr(error, "errno", None) == errno.ENOSPC or NO_SPACE in str(error):
        return (
            f"The disk of {folder.root} is full: free some space, or choose a folder on another disk with --data-dir."
        )
    return str(error)
