"""Restores the newest backup for a moment and looks whether it is what was backed up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from coursify.backup.context import Context, open_live_database
from coursify.backup.errors import BackupError
from coursify.backup.inspect_restored import (
    audit_restored,
    bring_to_this_version,
    connecting_role,
    count_restored,
    erase_again,
    restored_database,
)
from coursify.backup.locks import make_work_folder, only_one
from coursify.backup.media import check_media
from coursify.backup.models import Backup
from coursify.backup.restore_cluster import plan_recovery, recovered_until, restored_cluster
from coursify.core.queries import backups as queries
from coursify.core.settings import DatabaseSettings, Settings

MEDIA_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Verified:
    backup_id: str
    until: datetime
    rows: int
    erased: int
    media: int


async def verify(
    context: Context,
    settings: Settings,
    *,
    migrate: Callable[[DatabaseSettings], None],
    backup_id: str | None = None,
) -> Verified:
    """Raises BackupError with what is wrong: bytes, keys, a gap of the log, an invariant, a count, media."""
    with only_one(context.work_folder, "verify"):
        recovery = plan_recovery(context, backup_id=backup_id, at=None)
        if recovery.gap:
            raise BackupError(
                f"The stored write-ahead log lacks the segment {recovery.gap}: a restore ends there. "
                "Take a full backup now, and look why `coursify backup wal` was interrupted."
            )
        stage = make_work_folder(context.work_folder, "verify")
        shutil.rmtree(stage)
        stage.mkdir(mode=0o711)
        try:
            with restored_cluster(context, recovery, stage, role=connecting_role(settings.database)) as server:
                until = recovered_until(server.log, recovery.backup)
                database = restored_database(settings.database, server, recovery.backup)
                bring_to_this_version(database, recovery.backup, migrate)
                counts = await count_restored(database)
                await _require_invariants(database)
                erased = await erase_again(context, settings, database)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        await _compare_counts(context, recovery.backup, counts)
        media, _read = check_media(context.repository, sample=MEDIA_SAMPLE)
        return Verified(recovery.backup.id, until, sum(counts.values()), erased, media)


async def _require_invariants(database: DatabaseSettings) -> None:
    broken = await audit_restored(database)
    if broken:
        first = broken[0].invariant
        raise BackupError(
            f"{len(broken)} invariants are broken in the restored database, {first.code} among them: {first.sentence}"
        )


async def _compare_counts(context: Context, backup: Backup, restored: dict[str, int]) -> None:
    """A table may have grown or shrunk since the backup: its count lies between the ones of then and of now."""
    async with open_live_database(context) as live, live.read() as db:
        now = {found.table_name: found.rows for found in await queries.count_rows(db)}
    for table, count in restored.items():
        known = [*backup.counts.get(table, ()), now[table]]
        if not min(known) <= count <= max(known):
            raise BackupError(
                f"The restored table {table} has {count} rows; it had {known[0]} when the backup was taken "
                f"and has {known[-1]} now."
            )
