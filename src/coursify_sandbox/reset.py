"""`coursify reset`: deletes the data of a sandbox."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from coursify_sandbox.data_folder import DataFolder, locate_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.postgres_paths import delete_cluster_folder
from coursify_sandbox.supervisor.checks import lock_data_folder
from coursify_sandbox.supervisor.stale_processes import end_stale_processes

FILES = (
    "secrets",
    "run.json",
    "processes.json",
    "control",
    "clock-offset",
    "seeded.json",
    "seed-accounts.json",
    "postgres",
    "redis",
    "logs",
    "backups",
    "media",
    "media-scratch",
    "ports.json",
    "cluster-id",
)
STATE_FILES = ("stripe.sqlite3*", "mailbox.sqlite3*")


def reset(
    *, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR", help="What to delete.")] = None
) -> None:
    """Delete the data, keys and logs of a sandbox that is not running."""
    folder = locate_data_folder(data_dir)
    if not folder.root.exists():
        Console().print(f"There is no sandbox in {folder.root}.", highlight=False, soft_wrap=True)
        return
    try:
        delete_sandbox(folder)
    except SandboxError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    Console().print(f"The sandbox in {folder.root} was deleted.", highlight=False, soft_wrap=True)


def delete_sandbox(folder: DataFolder) -> None:
    """Delete the sandbox's own files; other files in the folder are kept."""
    lock = lock_data_folder(folder)
    try:
        end_stale_processes(folder)
        delete_cluster_folder(folder.root)
        paths = [folder.root / name for name in FILES]
        for pattern in STATE_FILES:
            paths += folder.root.glob(pattern)
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    finally:
        os.close(lock)
    folder.lock_file.unlink(missing_ok=True)
    if not any(folder.root.iterdir()):
        folder.root.rmdir()
