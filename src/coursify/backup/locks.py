"""One writer at a time: the kernel ends the lock with the process, also after SIGKILL."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coursify.backup.errors import BackupError


def make_work_folder(folder: Path, name: str) -> Path:
    """A folder of BACKUP_WORK_FOLDER. The account of PostgreSQL may pass through the outer one."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o711)
        inner = folder / name
        inner.mkdir(mode=0o711, exist_ok=True)
    except OSError as error:
        raise BackupError(
            f"BACKUP_WORK_FOLDER cannot be used: {error.strerror} ({error.filename}). Set it to a writable folder."
        ) from error
    return inner


@contextmanager
def only_one(folder: Path, name: str) -> Iterator[None]:
    """Raises BackupError when another process has the lock."""
    path = make_work_folder(folder, "locks") / name
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupError(
                f"Another `coursify backup` with {folder} is running ({name}): wait for its end."
            ) from error
        yield
