"""Restores into an empty data directory, which PostgreSQL accepts only when everything is done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coursify.backup.context import Context
from coursify.backup.errors import BackupError
from coursify.backup.inspect_restored import (
    bring_to_this_version,
    connecting_role,
    erase_again,
    restored_database,
)
from coursify.backup.programs import give_to
from coursify.backup.restore_cluster import (
    STAGE,
    VERSION_FILE,
    plan_recovery,
    recovered_until,
    restored_cluster,
)
from coursify.core.settings import DatabaseSettings, Settings

# Of the backup and of the temporary server.
LEFTOVERS = ("backup_manifest", "backup_label.old", "tablespace_map.old", "postmaster.opts")


@dataclass(frozen=True, slots=True)
class Restored:
    """`erased`: people whom the backup had brought back. `gap`: the first segment of the log that is missing."""

    backup_id: str
    until: datetime
    erased: int
    gap: str | None


async def restore(
    context: Context,
    settings: Settings,
    target: Path,
    *,
    migrate: Callable[[DatabaseSettings], None],
    backup_id: str | None = None,
    at: datetime | None = None,
) -> Restored:
    """Restore the newest state, one backup or a point in time. Raises BackupError, and then leaves no cluster.

    The people of the stored tombstones are erased before any other server can start in the directory.
    """
    recovery = plan_recovery(context, backup_id=backup_id, at=at)
    with _stage_in(target, context) as stage:
        with restored_cluster(context, recovery, stage, role=connecting_role(settings.database)) as server:
            until = recovered_until(server.log, recovery.backup)
            database = restored_database(settings.database, server, recovery.backup)
            bring_to_this_version(database, recovery.backup, migrate)
            erased = await erase_again(context, settings, database)
        _move_out(stage / "cluster", target, context)
    return Restored(recovery.backup.id, until, erased, recovery.gap)


@contextmanager
def _stage_in(target: Path, context: Context) -> Iterator[Path]:
    """A folder inside of the target: the same disk, also where the target is a mount point."""
    require_empty(target)
    stage = target / STAGE
    try:
        stage.mkdir(mode=0o700, parents=True)
        give_to(context.programs.account, target)
    except OSError as error:
        raise BackupError(f"The data directory {target} cannot be written: {error.strerror}.") from error
    try:
        yield stage
    except BaseException:
        _delete(stage)
        raise
    _delete(stage)


def require_empty(target: Path) -> None:
    """Raises BackupError. `lost+found` of a fresh disk counts as nothing."""
    if target.exists() and not target.is_dir():
        raise BackupError(f"{target} is no folder.")
    found = sorted(path.name for path in target.iterdir() if path.name != "lost+found") if target.exists() else []
    if found == [STAGE]:
        raise BackupError(f"{target} has an interrupted restore: delete {target / STAGE} and try again.")
    if found:
        raise BackupError(
            f"{target} is not empty ({found[0]}): a restore never replaces data. Move it away, or give another folder."
        )


def _move_out(cluster: Path, target: Path, context: Context) -> None:
    """PG_VERSION comes last: without it, no server starts."""
    for name in LEFTOVERS:
        (cluster / name).unlink(missing_ok=True)
    os.sync()
    for path in sorted(cluster.iterdir(), key=lambda path: path.name == VERSION_FILE):
        path.rename(target / path.name)
    target.chmod(0o700)
    os.sync()


def _delete(stage: Path) -> None:
    shutil.rmtree(stage, ignore_errors=True)
