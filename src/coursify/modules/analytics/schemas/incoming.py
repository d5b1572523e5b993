"""Which statistic is wanted: days, intervals, time zone, form."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from coursify.core.currencies import CURRENCIES
from coursify.core.schema import Input, QueryMoment
from coursify.modules.analytics.errors import InvalidPeriod
from coursify.modules.analytics.models import PopularBy
from coursify.modules.analytics.periods import (
    FIRST_DAY,
    LAST_DAY,
    MAX_ROWS,
    MAX_YEARS,
    Interval,
    Span,
    local_day,
    make_span,
    zone_names,
)

DEFAULT_DAYS = 30


def _check_day(value: str) -> str:
    try:
        day = _parse_day(value)
    except ValueError:
        raise ValueError("must be a date, or a date and time with its offset") from None
    if not FIRST_DAY.year <= day.year <= LAST_DAY.year:
        raise ValueError(f"must be from {FIRST_DAY.year} to {LAST_DAY.year}")
    return value


def _parse_day(value: str) -> date | datetime:
    """A date is a day in the reader's zone; a moment needs its offset. Raises ValueError."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        return date.fromisoformat(value)
    return _MOMENT.validate_python(value)


def _known_zone(value: str) -> str:
    if value not in zone_names():
        raise ValueError("must be a time zone of the IANA database, such as Europe/Berlin")
    return value


def _known_currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError("is not a supported currency")
    return value


_MOMENT: TypeAdapter[datetime] = TypeAdapter(QueryMoment)
QueryDay = Annotated[str, Field(max_length=40), AfterValidator(_check_day)]
QueryZone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
QueryCurrency = Annotated[str, AfterValidator(_known_currency)]
Table = Literal["series", "popularCourses", "cohorts", "lessons"]


class StatsQuery(Input):
    """Days from `from` to `to`, both included, as clocks show them in `timezone`: by default the last 30 days."""

    since: Annotated[QueryDay | None, Field(alias="from", description="a date, or a moment of that day")] = None
    until: Annotated[QueryDay | None, Field(alias="to", description="a date, or a moment of that day")] = None
    interval: Interval = "day"
    timezone: QueryZone = Field(default="UTC", description="a name of the IANA database")
    popular: PopularBy = Field(default="enrollments", description="what `popularCourses` are ranked by")
    currency: QueryCurrency | None = Field(
        default=None, description="of the ranking by revenue; the default currency where it is absent"
    )
    format: Literal["json", "csv"] | None = Field(default=None, description="`csv` is the same as `Accept: text/csv`")
    table: Table = Field(default="series", description="the table of a CSV")

    def span(self, now: datetime) -> Span:
        """Raises InvalidPeriod for days out of order, or too many of them."""
        last = self._day(self.until) or max(local_day(now, self.timezone), self._day(self.since) or FIRST_DAY)
        first = self._day(self.since) or last - timedelta(days=DEFAULT_DAYS - 1)
        self._check(first, last)
        span = make_span(first, last, interval=self.interval, zone=self.timezone)
        if len(span.starts) > MAX_ROWS:
            raise _invalid("interval", f"makes {len(span.starts):,} periods, of at most {MAX_ROWS:,}")
        return span

    def wants_csv(self, accept: str | None) -> bool:
        return self.format == "csv" or (self.format is None and "text/csv" in (accept or ""))

    def _check(self, first: date, last: date) -> None:
        if first > last:
            raise _invalid("from", f"{first} is after `to`, {last}")
        if first < FIRST_DAY:
            raise _invalid("from" if self.since else "to", f"the first day is {FIRST_DAY}")
        if last > LAST_DAY:
            raise _invalid("to" if self.until else "from", f"the last day is {LAST_DAY}")
        if last >= _years_after(first, MAX_YEARS):
            raise _invalid("from", f"{first} is more than {MAX_YEARS} years before `to`, {last}")

    def _day(self, given: str | None) -> date | None:
        day = None if given is None else _parse_day(given)
        return local_day(day, self.timezone) if isinstance(day, datetime) else day


def _invalid(field: str, message: str) -> InvalidPeriod:
    return InvalidPeriod(details=[{"field": field, "message": message}])


def _years_after(day: date, years: int) -> date:
    """The first of March for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
