"""What is known of a backup. It is stored sealed as JSON, after everything else: only a complete backup has it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from coursify.backup.errors import BackupError

Kind = Literal["full", "incremental"]
BACKUP_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-(full|incremental)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """`counts`: the rows of each table (before the copy, after it). `wal_start`: a segment of the write-ahead log."""

    id: str
    kind: Kind
    parent: str | None
    started_at: datetime
    finished_at: datetime
    system_id: str
    server_version: str
    app_version: str
    revision: str
    database: str
    timeline: int
    wal_start: str
    segment_bytes: int
    plain_bytes: int
    stored_bytes: int
    key: str
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Self:
        times = {name: datetime.fromisoformat(found[name]) for name in ("started_at", "finished_at")}
        counts = {table: (before, after) for table, (before, after) in found["counts"].items()}
        return cls(**found | times | {"counts": counts})

    @property
    def folder(self) -> str:
        return folder_of(self.id)


def folder_of(backup_id: str) -> str:
    return f"base/{backup_id}"


def chain_of(backups: Sequence[Backup], backup: Backup) -> list[Backup]:
    """The full backup, then each incremental one up to this. Raises BackupError when one is missing."""
    by_id = {known.id: known for known in backups}
    chain = [backup]
    while chain[0].parent is not None:
        parent = by_id.get(chain[0].parent)
        if parent is None:
            raise BackupError(f"Backup {backup.id} needs {chain[0].parent}, which is missing: choose another one.")
        chain.insert(0, parent)
    return chain
