"""Deletes what no kept backup needs. Chains stay whole, and a backup leaves the list before its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from coursify.backup.context import Context
from coursify.backup.locks import only_one
from coursify.backup.media import OBJECTS, list_indexes, read_index
from coursify.backup.models import BACKUP_ID, Backup, folder_of
from coursify.backup.repository import BACKUP_FILE, Repository
from coursify.backup.retention import choose_kept, choose_kept_backups
from coursify.backup.wal_files import FOLDER, PARTIAL, SEGMENT, number_of

# A folder without its list entry is a failed backup, or one that another machine is taking.
UNFINISHED_AGE = timedelta(days=2)
Keep = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    backups: list[str]
    segments: int
    media: int


def prune(context: Context) -> Pruned:
    """Delete by BACKUP_KEEP. The newest backup is kept in any case."""
    repository, keep = context.repository, context.settings.backup_keep
    with only_one(context.work_folder, "base"):
        backups = repository.list_backups()
        kept = choose_kept_backups(backups, keep)
        removed = [backup.id for backup in reversed(backups) if backup.id not in kept]
        for backup_id in removed:
            repository.delete([f"{folder_of(backup_id)}/{BACKUP_FILE}"])
            repository.delete([stored.path for stored in repository.list_files(folder_of(backup_id))])
        _delete_unfinished(repository, kept)
        segments = _prune_wal(repository, [backup for backup in backups if backup.id in kept])
    with only_one(context.work_folder, "media"):
        media = _prune_media(repository, keep)
    repository.store.delete_unfinished()
    return Pruned(removed, segments, media)


def _delete_unfinished(repository: Repository, kept: set[str]) -> None:
    oldest = datetime.now(UTC) - UNFINISHED_AGE
    repository.delete(
        [
            stored.path
            for stored in repository.list_files("base")
            if (found := BACKUP_ID.fullmatch(stored.path.split("/")[1]))
            and found[0] not in kept
            and stored.modified_at < oldest
        ]
    )


def _prune_wal(repository: Repository, kept: list[Backup]) -> int:
    """Segments before the first one that a kept backup of the same cluster needs. Histories are small, and stay."""
    first: dict[str, tuple[int, int]] = {}
    for backup in kept:
        start = number_of(backup.wal_start, backup.segment_bytes)
        first[backup.system_id] = min(
            first.get(backup.system_id, (start, backup.segment_bytes)), (start, backup.segment_bytes)
        )
    old = []
    for stored in repository.list_files(FOLDER):
        _folder, system_id, name = stored.path.split("/")
        segment = name.removesuffix(PARTIAL)
        if system_id in first and SEGMENT.fullmatch(segment):
            start, segment_bytes = first[system_id]
            if number_of(segment, segment_bytes) < start:
                old.append(stored.path)
    repository.delete(old)
    return len(old)


def _prune_media(repository: Repository, keep: Keep) -> int:
    indexes = list_indexes(repository)
    kept = choose_kept(indexes, lambda index: index[0], keep)
    needed = {f"{OBJECTS}/{file.stored_as}" for _at, name in kept for file in read_index(repository, name)}
    kept_names = {name for _at, name in kept}
    repository.delete([name for _at, name in indexes if name not in kept_names])
    unneeded = [stored.path for stored in repository.list_files(OBJECTS) if stored.path not in needed] if kept else []
    repository.delete(unneeded)
    return len(unneeded)
