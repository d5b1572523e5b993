"""Which keys still seal something that a restore may need."""

from __future__ import annotations

from coursify.backup.media import list_indexes, read_index
from coursify.backup.models import Backup
from coursify.backup.repository import Repository
from coursify.backup.tombstones import FILE
from coursify.backup.wal_files import HISTORY, SEGMENT, list_wal


def list_keys_in_use(repository: Repository, backups: list[Backup]) -> list[str]:
    """The ids of keys. Of the write-ahead log the oldest and the newest segment are read: keys follow each other."""
    used = {backup.key for backup in backups}
    for system_id in {backup.system_id for backup in backups}:
        first = min(backup.timeline for backup in backups if backup.system_id == system_id)
        files = list_wal(repository, system_id)
        segments = [file for file in files if SEGMENT.fullmatch(file.name)]
        histories = [file for file in files if HISTORY.fullmatch(file.name) and file.timeline >= first]
        used |= {repository.key_of(file.path) or "" for file in [*segments[:1], *segments[-1:], *histories]}
    for _taken_at, name in list_indexes(repository):
        used |= {repository.key_of(name) or ""} | {file.key for file in read_index(repository, name)}
    if repository.exists(FILE):
        used.add(repository.key_of(FILE) or "")
    return sorted(used - {""})
