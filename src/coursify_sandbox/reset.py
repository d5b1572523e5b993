"""`coursify reset`: the next start is a first one."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from coursify_sandbox.data_folder import DataFolder, locate_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.postgres_home import remove_outside_folder
from coursify_sandbox.supervisor.checks import take_lock
from coursify_sandbox.supervisor.stale_processes import end_stale_processes

OURS = (
    "secrets",
    "run.json",
    "children.json",
    "control",
    "clock-offset",
    "seeded.json",
    "seed-accounts.json",
    "postgres",
    "redis",
    "logs",
    "cluster-id",
)
STATES = ("stripe.sqlite3*", "mailbox.sqlite3*")


def reset(
    *, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR", help="What to delete.")] = None
) -> None:
    """Delete a sandbox's data, keys and logs; refuses while the sandbox runs."""
    folder = locate_data_folder(data_dir)
    if not folder.root.exists():
        Console().print(f"There is nothing in {folder.root}.", highlight=False, soft_wrap=True)
        return
    try:
        delete_sandbox(folder)
    except SandboxError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    Console().print(f"The sandbox in {folder.root} is deleted.", highlight=False, soft_wrap=True)


def delete_sandbox(folder: DataFolder) -> None:
    """Delete what the sandbox made and nothing else: someone may have chosen a folder with other things in it."""
    lock = take_lock(folder)
    try:
        end_stale_processes(folder)
        remove_outside_folder(folder.root)
        paths = [folder.root / name for name in OURS]
        for pattern in STATES:
            paths += folder.root.glob(pattern)
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    finally:
        os.close(lock)
    folder.lock.unlink(missing_ok=True)
    if not any(folder.root.iterdir()):
        folder.root.rmdir()
