"""SQL that reads the figures of one scope by periods. A period is the number of its edge in a list, from 1."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all
from coursify.modules.analytics.models import Activity, DailyActivity, PeriodRevenue
from coursify.modules.analytics.periods import Grain

# Two conditions that never both fit: rows of the early grain before the split, of the late grain from then on.
_ROWS: Final = """
    scope_id = %(scope_id)s AND started_at < %(until)s AND (
        (grain = %(early_grain)s AND started_at >= %(since)s AND started_at < %(split)s)
        OR (grain = %(late_grain)s AND started_at >= %(split)s))
"""


async def list_activity(
    db: Connection,
    scope_id: UUID,
    *,
    edges: list[datetime],
    early_grain: Grain,
    late_grain: Grain,
    since: datetime,
    split: datetime,
    until: datetime,
) -> list[Activity]:
    """Periods without anything are left out."""
    return await fetch_all(
        db,
        Activity,
        f"""
        SELECT width_bucket(started_at, %(edges)s::timestamptz[]) AS period, sum(sign_ups)::bigint AS sign_ups,
               sum(checkouts)::bigint AS checkouts, sum(payments)::bigint AS payments,
               sum(enrollments)::bigint AS enrollments, sum(completions)::bigint AS completions,
               sum(ratings)::bigint AS ratings
        FROM activity_rollups WHERE {_ROWS} GROUP BY period ORDER BY period
        """,
        scope_id=scope_id,
        edges=edges,
        early_grain=early_grain,
        late_grain=late_grain,
        since=since,
        split=split,
        until=until,
    )


async def list_revenue(
    db: Connection,
    scope_id: UUID,
    *,
    edges: list[datetime],
    early_grain: Grain,
    late_grain: Grain,
    since: datetime,
    split: datetime,
    until: datetime,
) -> list[PeriodRevenue]:
    """By period and currency."""
    return await fetch_all(
        db,
        PeriodRevenue,
        f"""
        SELECT width_bucket(started_at, %(edges)s::timestamptz[]) AS period, currency,
               sum(gross_minor)::bigint AS gross_minor, sum(discount_minor)::bigint AS discount_minor,
               sum(refunded_minor)::bigint AS refunded_minor, sum(fees_minor)::bigint AS fees_minor,
               sum(instructor_share_minor)::bigint AS instructor_share_minor
        FROM revenue_rollups WHERE {_ROWS} GROUP BY period, currency ORDER BY period, currency
        """,
        scope_id=scope_id,
        edges=edges,
        early_grain=early_grain,
        late_grain=late_grain,
        since=since,
        split=split,
        until=until,
    )


async def list_daily_activity(
    db: Connection, scope_id: UUID, *, edges: list[datetime], since: datetime, until: datetime
) -> list[DailyActivity]:
    """What is counted by UTC day; the edges are at midnight, UTC."""
    return await fetch_all(
        db,
        DailyActivity,
        """
        SELECT width_bucket(started_at, %(edges)s::timestamptz[]) AS period, sum(viewers)::bigint AS views,
               sum(learners)::bigint AS learners
        FROM activity_rollups
        WHERE scope_id = %(scope_id)s AND grain = 'day' AND started_at >= %(since)s AND started_at < %(until)s
        GROUP BY period ORDER BY period
        """,
        scope_id=scope_id,
        edges=edges,
        since=since,
        until=until,
    )
