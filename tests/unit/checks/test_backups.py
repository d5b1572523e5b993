"""What `coursify check` says about backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coursify.checks.backups import judge_ages, judge_server
from coursify.core.queries.backups import BackupState, ServerFacts, SlotLag

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def facts(*, summarizes_wal: bool = True) -> ServerFacts:
    return ServerFacts("18.1", "7", 1, summarizes_wal, "school", 10, 16_777_216)


def ages(*hours: tuple[str, float]) -> list[str]:
    states = [BackupState(name, NOW - timedelta(hours=age), None, None) for name, age in hours]  # type: ignore[arg-type]
    return [finding.sentence for finding in judge_ages(states, NOW)]


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        (None, "does not exist"),
        (SlotLag(is_active=False, wal_status="lost", lag_bytes=0), "is lost"),
        (SlotLag(is_active=False, wal_status="reserved", lag_bytes=20_000_000), "20 MB wait"),
    ],
)
def test_a_log_that_nobody_receives_is_named(slot: SlotLag | None, said: str) -> None:
    (finding,) = judge_server(facts(), slot, "backup_slot")
    assert finding.state == "failure"
    assert said in finding.sentence


def test_summaries_of_the_log_are_asked_for() -> None:
    slot = SlotLag(is_active=True, wal_status="reserved", lag_bytes=0)
    assert judge_server(facts(), slot, "s") == []
    (finding,) = judge_server(facts(summarizes_wal=False), slot, "s")
    assert "summarize_wal" in finding.sentence


def test_old_and_missing_backups_are_named() -> None:
    assert ages() == ["There has been no backup yet.", "There has been no verified restore yet."]
    assert ages(("full", 100), ("incremental", 25), ("verify", 49)) == []
    assert [sentence.split(" is of")[0] for sentence in ages(("full", 27), ("verify", 51))] == [
        "The last backup",
        "The last verified restore",
    ]
