"""Periods of a statistic: days, weeks and months as clocks show them in a time zone, and the grains that cut them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Grain = Literal["quarter", "hour", "day", "month"]
Interval = Literal["day", "week", "month"]

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = EPOCH.date(), date(2100, 12, 31)
# How long quarter-hours are stored.
QUARTERS_KEPT = timedelta(days=40)
MAX_YEARS = 10
MAX_ROWS = 1_000
WIDTHS: dict[Grain, timedelta] = {"quarter": QUARTER, "hour": HOUR, "day": DAY}
# Coarse to fine, and the shortest of each.
GRAINS: tuple[tuple[Grain, timedelta], ...] = (("month", 28 * DAY), ("day", DAY), ("hour", HOUR), ("quarter", QUARTER))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a period, by its number from 1: the rows of one grain that begin from `since` on and before `until`."""

    period: int
    grain: Grain
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class MonthsAndDays:
    """A range of UTC days as whole months between `months_from` and `months_until`, and the days around them."""

    since: datetime
    months_from: datetime
    months_until: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both included, in periods that begin on `starts` at midnight in `zone`.

    The first and the last week or month end where the days do. `edges` are the moments at which periods begin, and the
    end of the last one: one more than there are periods. `day_edges` are the same days cut at midnight in UTC.
    """

    first: date
    last: date
    interval: Interval
    zone: str
    starts: tuple[date, ...]
    edges: tuple[datetime, ...]
    day_edges: tuple[datetime, ...]

    def last_day_of(self, number: int) -> date:
        """The last day of a period, by its index in `starts`."""
        return self.starts[number + 1] - DAY if number + 1 < len(self.starts) else self.last

    def stored_edges(self, now: datetime) -> list[datetime]:
        """The edges, each moved to the next begin of a row: a quarter-hour, or an hour where those are deleted."""
        begin = quarters_begin(now)
        return [ceiling(edge, HOUR if edge < begin else QUARTER) for edge in self.edges]

    def pieces(self, now: datetime) -> list[Piece]:
        """The fewest stored rows that make each period: months and days inside, hours and quarter-hours at its ends."""
        edges = self.stored_edges(now)
        return [
            Piece(number, *part)
            for number, (since, until) in enumerate(pairwise(edges), start=1)
            for part in _cover(since, until, GRAINS)
        ]

    def whole_days(self) -> MonthsAndDays:
        """The days of the span, in UTC."""
        since, until = self.day_edges[0], self.day_edges[-1]
        months_from, months_until = month_after(since - DAY), month_of(until)
        if months_from > months_until:
            return MonthsAndDays(since, until, until, until)
        return MonthsAndDays(since, months_from, months_until, until)


ALL_TIME = MonthsAndDays(EPOCH, EPOCH, datetime(2101, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC))


def make_span(first: date, last: date, *, interval: Interval, zone: str) -> Span:
    """Weeks begin on Monday, months on the first; the first period begins on `first`."""
    starts = [first]
    while (after := _next_start(starts[-1], interval)) <= last:
        starts.append(after)
    cuts = [*starts, last + DAY]
    edges = tuple(_midnight(day, ZoneInfo(zone)) for day in cuts)
    day_edges = tuple(_midnight(day, UTC) for day in cuts)
    return Span(first, last, interval, zone, tuple(starts), edges, day_edges)


def floor(moment: datetime, width: timedelta) -> datetime:
    """The begin of the UTC quarter-hour, hour or day that contains the moment."""
    return moment - (moment - EPOCH) % width


def ceiling(moment: datetime, width: timedelta) -> datetime:
    """The moment itself where a quarter-hour, hour or day begins, else the begin of the next one."""
    return moment + (EPOCH - moment) % width


def month_of(moment: datetime) -> datetime:
    """The begin of the UTC month that contains the moment."""
    return floor(moment, DAY).replace(day=1)


def month_after(moment: datetime) -> datetime:
    """The begin of the next UTC month."""
    return month_of(month_of(moment) + 32 * DAY)


def quarters_begin(now: datetime) -> datetime:
    """From when on every quarter-hour is stored; a whole hour."""
    return floor(now - QUARTERS_KEPT, HOUR) + 2 * HOUR


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


@cache
def zone_names() -> frozenset[str]:
    """The IANA names; a few files of the time zone database are none."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def _cover(
    since: datetime, until: datetime, grains: tuple[tuple[Grain, timedelta], ...]
) -> Iterator[tuple[Grain, datetime, datetime]]:
    """The time in pieces of the coarsest of these grains, and of finer ones before and after it."""
    (grain, least), finer = grains[0], grains[1:]
    if until - since < least:
        if since < until:
            yield from _cover(since, until, finer)
        return
    first, last = _inside(since, until, grain)
    if first >= last:
        yield from _cover(since, until, finer)
        return
    if since < first:
        yield from _cover(since, first, finer)
    yield grain, first, last
    if last < until:
        yield from _cover(last, until, finer)


def _inside(since: datetime, until: datetime, grain: Grain) -> tuple[datetime, datetime]:
    """The begin of the first whole row of the grain, and the end of the last one."""
    if grain == "month":
        return month_after(since - QUARTER), month_of(until)
    return ceiling(since, WIDTHS[grain]), floor(until, WIDTHS[grain])


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day; where clocks skip midnight, the moment at which they do."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _next_start(day: date, interval: Interval) -> date:
    if interval == "day":
        return day + DAY
    if interval == "week":
        return day + DAY * (7 - day.weekday())
    return (day.replace(day=1) + 32 * DAY).replace(day=1)
