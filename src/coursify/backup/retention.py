"""Which backups are kept: the newest of each day, week and month, and all that these need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from coursify.backup.models import Backup

Kept = TypeVar("Kept")
PERIODS: dict[str, Callable[[datetime], tuple[int, ...]]] = {
    "daily": lambda at: (at.year, at.month, at.day),
    "weekly": lambda at: tuple(at.isocalendar())[:2],
    "monthly": lambda at: (at.year, at.month),
}


def choose_kept(
    items: Iterable[Kept], taken_at: Callable[[Kept], datetime], keep: tuple[tuple[str, int], ...]
) -> list[Kept]:
    """The newest item, and the newest of each of the last periods that have one."""
    newest_first = sorted(items, key=taken_at, reverse=True)
    kept = newest_first[:1]
    for period, count in keep:
        newest_of_each = {PERIODS[period](taken_at(item)): item for item in reversed(newest_first)}
        kept += list(reversed(newest_of_each.values()))[:count]
    return [item for item in newest_first if any(item is chosen for chosen in kept)]


def choose_kept_backups(backups: list[Backup], keep: tuple[tuple[str, int], ...]) -> set[str]:
    """The ids of the backups to keep. No chain is broken: with a backup, every parent of it is kept."""
    by_id = {backup.id: backup for backup in backups}
    kept: set[str] = set()
    for chosen in choose_kept(backups, lambda backup: backup.finished_at, keep):
        backup: Backup | None = chosen
        while backup is not None and backup.id not in kept:
            kept.add(backup.id)
            backup = by_id.get(backup.parent) if backup.parent else None
    return kept
