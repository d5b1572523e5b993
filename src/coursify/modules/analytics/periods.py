"""Periods of a statistic: days, weeks and months as clocks show them in a time zone, and the grains that cut them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
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


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows make the periods: `early_grain` before `split`, `late_grain` from then on."""

    early_grain: Grain
    late_grain: Grain
    split: datetime
    is_approximate: bool


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

    def cut(self, now: datetime) -> Cut:
        """The coarsest grains that fit. Before the stored quarter-hours, an edge within an hour is approximate."""
        edges = self.edges
        if all(edge == floor(edge, DAY) for edge in edges):
            return Cut("day", "day", edges[0], is_approximate=False)
        if all(edge == floor(edge, HOUR) for edge in edges):
            return Cut("hour", "hour", edges[0], is_approximate=False)
        split = min(max(quarters_begin(now), edges[0]), edges[-1])
        is_approximate = any(edge != floor(edge, HOUR if edge < split else QUARTER) for edge in edges)
        return Cut("hour", "quarter", split, is_approximate=is_approximate)

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


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day; where clocks skip midnight, the moment at which they do."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _next_start(day: date, interval: Interval) -> date:
    if interval == "day":
        return day + DAY
    if interval == "week":
        return day + DAY * (7 - day.weekday())
    return (day.replace(day=1) + 32 * DAY).replace(day=1)
