"""Days as clocks show them: with summer time, half hours and skipped midnights."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from coursify.modules.analytics.periods import (
    EPOCH,
    QUARTERS_KEPT,
    WIDTHS,
    Span,
    floor,
    make_span,
    month_after,
    quarters_begin,
)

NOW = datetime(2026, 11, 26, 12, 7, tzinfo=UTC)


def span(first: str, last: str, zone: str = "UTC", interval: str = "day") -> Span:
    return make_span(date.fromisoformat(first), date.fromisoformat(last), interval=interval, zone=zone)  # type: ignore[arg-type]  # one of the three


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2026-03-29", "Europe/Berlin", 23),
        ("2026-10-25", "Europe/Berlin", 25),
        ("2026-03-08", "America/New_York", 23),
        ("2026-11-01", "America/New_York", 25),
        ("2026-04-05", "Australia/Lord_Howe", 24.5),
        ("2026-10-04", "Australia/Lord_Howe", 23.5),
        # Clocks skip midnight, and show it twice.
        ("2018-11-04", "America/Sao_Paulo", 23),
        ("2018-02-17", "America/Sao_Paulo", 25),
        # Samoa skipped a day.
        ("2011-12-30", "Pacific/Apia", 0),
        ("2026-06-01", "Asia/Kolkata", 24),
    ],
)
def test_a_day_is_as_long_as_it_is_there(day: str, zone: str, hours: float) -> None:
    begin, end = span(day, day, zone).edges
    assert end - begin == timedelta(hours=hours)
    if hours:
        assert begin.astimezone(ZoneInfo(zone)).date() == date.fromisoformat(day)
        assert (begin - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() < date.fromisoformat(day)


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    weeks = span("2026-11-05", "2026-11-24", interval="week")
    assert [str(day) for day in weeks.starts] == ["2026-11-05", "2026-11-09", "2026-11-16", "2026-11-23"]
    assert [str(weeks.last_day_of(number)) for number in range(4)] == [
        "2026-11-08",
        "2026-11-15",
        "2026-11-22",
        "2026-11-24",
    ]
    assert [str(day) for day in span("2026-01-31", "2026-03-01", interval="month").starts] == [
        "2026-01-31",
        "2026-02-01",
        "2026-03-01",
    ]


@pytest.mark.parametrize(
    ("first", "zone", "grains", "is_approximate"),
    [
        ("2020-01-01", "UTC", "day", False),
        ("2020-01-01", "Europe/Berlin", "hour", False),
        ("2026-11-01", "Asia/Kolkata", "hour quarter", False),
        ("2026-11-01", "Asia/Kathmandu", "hour quarter", False),
        ("2026-09-01", "Asia/Kolkata", "hour quarter", True),
        # Eleven hours in summer; before, ten and a half.
        ("2026-10-05", "Australia/Lord_Howe", "hour", False),
        ("2026-09-01", "Australia/Lord_Howe", "hour", True),
        # The hour before the first stored quarter-hour.
        ("2026-10-19", "America/St_Johns", "hour quarter", False),
        ("2026-10-18", "America/St_Johns", "hour quarter", False),
        ("2026-10-16", "America/St_Johns", "hour quarter", True),
    ],
)
def test_days_are_read_from_the_coarsest_rows_that_fit(
    first: str, zone: str, grains: str, *, is_approximate: bool
) -> None:
    days = span(first, "2026-11-26", zone)
    assert {piece.grain for piece in days.pieces(NOW)} == set(grains.split())
    assert (days.stored_edges(NOW) != list(days.edges)) is is_approximate


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"])
@pytest.mark.parametrize("interval", ["day", "week", "month"])
def test_pieces_make_each_period_without_gap_or_overlap(zone: str, interval: str) -> None:
    days = span("2024-02-11", "2026-11-26", zone, interval)
    edges, widths = days.stored_edges(NOW), WIDTHS | {"month": timedelta(days=1)}
    pieces = days.pieces(NOW)
    assert pieces[0].since == edges[0]
    assert pieces[-1].until == edges[-1]
    for piece, following in pairwise(pieces):
        assert piece.until == following.since
        assert (piece.until == edges[piece.period]) is (piece.period < following.period)
    for piece in pieces:
        assert piece.since < piece.until
        assert {piece.since, piece.until} == {floor(edge, widths[piece.grain]) for edge in (piece.since, piece.until)}
        assert piece.grain != "month" or piece.since.day == piece.until.day == 1
        assert piece.grain != "quarter" or piece.since >= quarters_begin(NOW)
    # A month, or days, and hours and quarter-hours at both ends.
    assert max(Counter(piece.period for piece in pieces).values()) <= 6
    assert any(piece.grain == "month" for piece in pieces) is (zone == "UTC" and interval == "month")


def test_quarter_hours_are_read_only_while_all_of_them_are_stored() -> None:
    begin = quarters_begin(NOW)
    assert begin > NOW - QUARTERS_KEPT
    assert begin.minute == 0


@pytest.mark.parametrize(
    ("first", "last", "months", "days"),
    [
        ("2026-01-01", "2026-03-31", 3, 0),
        ("2026-01-02", "2026-03-31", 2, 30),
        ("2026-01-02", "2026-01-30", 0, 29),
        ("2026-01-15", "2026-02-15", 0, 32),
        ("2026-01-31", "2026-04-01", 2, 2),
        ("2026-02-01", "2026-02-28", 1, 0),
    ],
)
def test_a_range_is_whole_months_and_the_days_around_them(first: str, last: str, months: int, days: int) -> None:
    parts = span(first, last).whole_days()
    month, counted = parts.months_from, 0
    while month < parts.months_until:
        month, counted = month_after(month), counted + 1
    assert counted == months
    around = max(parts.months_from - parts.since, timedelta()) + (parts.until - parts.months_until)
    assert around.days == days


def test_time_is_counted_from_a_midnight() -> None:
    assert (EPOCH.hour, EPOCH.minute, EPOCH.tzinfo) == (0, 0, UTC)
