"""Checks before the start; each error is one sentence that says what to do."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from coursify.core.environment import ConfigurationError
from coursify.core.folders import check_folders
from coursify.core.settings import load_settings
from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.ports import is_free
from coursify_sandbox.run_file import read_run_file

FIRST_START_MEGABYTES = 300
LATER_START_MEGABYTES = 60


def lock_data_folder(folder: DataFolder) -> int:
    """Lock the data folder for this process; the kernel releases the lock when the process ends."""
    descriptor = os.open(folder.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
            raise
        raise SandboxError(_describe_running_sandbox(folder)) from error
    return descriptor


def check_port(port: int) -> None:
    if not is_free(port):
        raise SandboxError(
            f"Port {port} of 127.0.0.1 is in use by another program: stop it, "
            f"or choose another port with `make run COURSIFY_PORT={_find_other_port(port)}`."
        )


def check_settings(environment: Mapping[str, str]) -> None:
    """Read the settings as the processes of the application will, with this environment, and try the folders."""
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environment)
        check_folders(load_settings().media)
    except ConfigurationError as error:
        raise SandboxError(str(error)) from error
    finally:
        os.environ.clear()
        os.environ.update(before)


def check_disk(path: Path, *, is_first_start: bool) -> None:
    needed = FIRST_START_MEGABYTES if is_first_start else LATER_START_MEGABYTES
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free // 1_000_000
    if free < needed:
        raise SandboxError(
            f"The disk of {path} has {free} MB free but {needed} MB are needed: "
            "free some space, or choose a folder on another disk with --data-dir."
        )


def _describe_running_sandbox(folder: DataFolder) -> str:
    state = "starting"
    with suppress(SandboxError, KeyError):
        state = f"running at {read_run_file(folder.root)['api']}"
    return (
        f"A sandbox with its data in {folder.root} is already {state}: use it, stop it with Ctrl-C, "
        "or start another one with --data-dir and --port."
    )


def _find_other_port(port: int) -> int:
    return next((other for other in range(port + 1, min(port + 50, 65_535)) if is_free(other)), 8_080)
