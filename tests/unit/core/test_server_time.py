"""The database's time between two moments at which it was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coursify.core import clock
from coursify.core.clock import TRUSTED_SECONDS, ServerTime

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that have passed on this machine."""
    passed = [100.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: passed[0])
    return passed


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_nothing_is_known_before_the_database_has_told_it(pass_time: list[float]) -> None:
    assert ServerTime().estimate() is None


def test_the_time_goes_on_for_some_seconds(pass_time: list[float]) -> None:
    told = ServerTime()
    assert told.learn(NOON) == NOON
    pass_time[0] += 2
    assert told.estimate() == after(2)
    pass_time[0] += TRUSTED_SECONDS - 2
    assert told.estimate() is None


def test_what_came_late_does_not_set_the_time_back(pass_time: list[float]) -> None:
    told = ServerTime()
    told.learn(NOON)
    pass_time[0] += 1
    assert told.learn(after(0.4)) == after(0.4)
    assert told.estimate() == after(1)
    told.learn(after(1.2))
    assert told.estimate() == after(1.2)


def test_a_clock_that_was_set_back_is_believed_when_the_old_time_has_run_out(pass_time: list[float]) -> None:
    told = ServerTime()
    told.learn(NOON)
    pass_time[0] += TRUSTED_SECONDS
    told.learn(after(-60))
    assert told.estimate() == after(-60)
