"""Builds a data directory from a chain of backups and the write-ahead log, beside which nothing looks whole."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coursify.backup.compression import decompress
from coursify.backup.context import Context
from coursify.backup.errors import BackupError
from coursify.backup.models import Backup, chain_of
from coursify.backup.postgres_manifest import check_tar
from coursify.backup.programs import give_to, require_room, run
from coursify.backup.repository import DATA_FILE
from coursify.backup.temporary_server import TemporaryServer, run_temporary_server
from coursify.backup.wal_files import WalFile, choose_wal, download, find_gap, list_wal

STAGE = "unfinished-restore"
VERSION_FILE = "PG_VERSION"


@dataclass(frozen=True, slots=True)
class Recovery:
    """`wal`: what is replayed. `gap`: the first segment that is missing after it."""

    backup: Backup
    chain: list[Backup]
    wal: list[WalFile]
    gap: str | None
    at: datetime | None


def plan_recovery(context: Context, *, backup_id: str | None, at: datetime | None) -> Recovery:
    """Choose the newest backup, the one of this id, or the last one before `at`. Raises BackupError."""
    backups = context.repository.list_backups()
    if not backups:
        raise BackupError("The store has no complete backup: check BACKUP_STORE and what belongs to it.")
    chosen = _choose(backups, backup_id, at)
    context.programs.require_major(int(chosen.server_version.split(".")[0]), "The backup")
    files = list_wal(context.repository, chosen.system_id)
    where = {"start": chosen.wal_start, "segment_bytes": chosen.segment_bytes}
    is_whole_log = not (backup_id and at is None)
    wal = choose_wal(files, **where) if is_whole_log else []  # type: ignore[arg-type]
    gap = find_gap(files, **where) if is_whole_log else None  # type: ignore[arg-type]
    return Recovery(chosen, chain_of(backups, chosen), wal, gap, at)


@contextmanager
def restored_cluster(context: Context, recovery: Recovery, stage: Path, *, role: str) -> Iterator[TemporaryServer]:
    """The recovered cluster in `stage`/cluster, running for the block. `role` may connect."""
    plain = sum(backup.plain_bytes for backup in recovery.chain)
    wal_bytes = recovery.backup.segment_bytes * len(recovery.wal)
    require_room(stage, plain + 2 * wal_bytes, "The restore")
    cluster, wal = stage / "cluster", stage / "wal"
    _combine(context, recovery, stage, cluster)
    wal.mkdir(mode=0o700)
    context.report("write-ahead log", 0, wal_bytes)
    download(context.repository, recovery.wal, wal)
    (cluster / "recovery.signal").touch()
    cluster.chmod(0o700)
    give_to(context.programs.account, stage)
    context.report("recovery", 0, 0)
    with run_temporary_server(
        context.programs, cluster, settings=_recovery_settings(recovery, wal), role=role
    ) as server:
        yield server
    shutil.rmtree(wal)


def recovered_until(log: str, backup: Backup) -> datetime:
    """The time of the last transaction that was replayed; without one, that of the backup."""
    found = re.findall(r"last completed transaction was at log time (\S+ \S+)", log)
    return datetime.fromisoformat(found[-1]).replace(tzinfo=UTC) if found else backup.finished_at


def _choose(backups: list[Backup], backup_id: str | None, at: datetime | None) -> Backup:
    if backup_id is not None:
        found = [backup for backup in backups if backup.id == backup_id]
        if not found:
            raise BackupError(f"There is no complete backup {backup_id}: `coursify backup list` shows them.")
    elif at is not None:
        found = [backup for backup in backups if backup.finished_at <= at]
        if not found:
            oldest = f"{backups[0].finished_at:%Y-%m-%dT%H:%M:%SZ}"
            raise BackupError(f"No backup is older than the time given with --at: the first one ended at {oldest}.")
    else:
        found = backups
    if at is not None and found[-1].finished_at > at:
        raise BackupError(f"Backup {found[-1].id} ended after the time given with --at: choose an earlier one.")
    return found[-1]


def _combine(context: Context, recovery: Recovery, stage: Path, cluster: Path) -> None:
    """Unpack every link of the chain, each file compared with its manifest; then make one cluster of them."""
    parts = []
    for number, backup in enumerate(recovery.chain):
        parts.append(stage / f"part-{number}")
        parts[-1].mkdir(mode=0o700)
        path = f"{backup.folder}/{DATA_FILE}"
        context.report(f"backup {number + 1} of {len(recovery.chain)}", 0, backup.plain_bytes)
        manifest = check_tar(decompress(context.repository.read(path)), target=parts[-1])
        if manifest.system_id != backup.system_id:
            raise BackupError(f"Backup {backup.id} has the data of another cluster.")
    if len(parts) == 1:
        parts[0].rename(cluster)
        return
    run([context.programs.path("pg_combinebackup"), *map(str, parts), f"--output={cluster}", "--link"])
    for part in parts:
        shutil.rmtree(part)


def _recovery_settings(recovery: Recovery, wal: Path) -> dict[str, str]:
    """Without stored segments, those in the backup itself make it consistent."""
    quoted = "'" + str(wal).replace("'", "'\\''").replace("%", "%%") + "'"
    settings = {
        "restore_command": f'cp {quoted}/"%f" "%p"',
        "recovery_target_timeline": "latest" if recovery.wal else "current",
        "recovery_target_action": "promote",
    }
    if recovery.at is not None:
        settings["recovery_target_time"] = recovery.at.astimezone(UTC).isoformat()
    return settings
