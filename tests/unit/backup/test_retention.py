"""Which backups are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from coursify.backup.models import Backup
from coursify.backup.retention import choose_kept_backups

KEEP = (("daily", 7), ("weekly", 4), ("monthly", 6))


def make(at: datetime, parent: Backup | None) -> Backup:
    kind = "incremental" if parent else "full"
    return Backup(
        id=f"{at:%Y%m%dT%H%M%SZ}-{kind}",
        kind="incremental" if parent else "full",
        parent=parent.id if parent else None,
        started_at=at,
        finished_at=at,
        system_id="1",
        server_version="18.4",
        app_version="1",
        revision="1",
        database="school",
        timeline=1,
        wal_start="000000010000000000000002",
        segment_bytes=16_777_216,
        plain_bytes=1,
        stored_bytes=1,
        key="b1",
    )


def daily(days: int) -> list[Backup]:
    """A full one each Sunday, an incremental one on each other day."""
    found: list[Backup] = []
    for day in range(days):
        at = datetime(2026, 1, 4, 2, 10, tzinfo=UTC) + timedelta(days=day)
        found.append(make(at, found[-1] if at.weekday() != 6 else None))
    return found


def test_no_kept_backup_lacks_what_it_builds_on() -> None:
    backups = daily(400)
    by_id = {backup.id: backup for backup in backups}
    for end in range(1, 400, 13):
        kept = choose_kept_backups(backups[:end], KEEP)
        assert all(by_id[name].parent is None or by_id[name].parent in kept for name in kept)
        assert backups[end - 1].id in kept


def test_a_year_leaves_days_weeks_and_months() -> None:
    backups = daily(365)
    kept = choose_kept_backups(backups, KEEP)
    assert {backup.id for backup in backups[-7:]} <= kept
    assert len(kept) < 70
    months = {name[:6] for name in kept}
    assert len(months) == 6


def test_the_newest_stays_whatever_is_asked() -> None:
    backups = daily(10)
    assert choose_kept_backups(backups, (("daily", 0),)) == {backups[7].id, backups[8].id, backups[9].id}
    assert choose_kept_backups([], KEEP) == set()


def test_a_chain_whose_parent_is_missing_is_kept_as_it_is() -> None:
    backups = daily(3)[1:]
    assert choose_kept_backups(backups, KEEP) == {backup.id for backup in backups}
