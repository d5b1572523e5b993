"""SQL that reads the figures of one scope by periods. A period is its number in a list, from 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all
from coursify.modules.analytics.models import Activity, DailyActivity, PeriodRevenue
from coursify.modules.analytics.periods import Piece

# Moments are sent in binary (`b`): a thousand of them as text took 6 ms.
# Each piece is one range of the index, whatever the planner expects: an OR of two grains made it read the table.
_PIECES: Final = """
    unnest(%(periods)s::int[], %(grains)s::text[], %(begins)b::timestamptz[], %(ends)b::timestamptz[])
        AS piece (period, grain, since, until)
"""
_OF_PIECE: Final = """
    kept.scope_id = %(scope_id)s AND kept.grain = piece.grain
    AND kept.started_at >= piece.since AND kept.started_at < piece.until
"""


async def list_activity(db: Connection, scope_id: UUID, pieces: Sequence[Piece]) -> list[Activity]:
    """Periods without anything are left out."""
    return await fetch_all(
        db,
        Activity,
        f"""
        SELECT piece.period, sum(counted.sign_ups)::bigint AS sign_ups, sum(counted.checkouts)::bigint AS checkouts,
               sum(counted.payments)::bigint AS payments, sum(counted.enrollments)::bigint AS enrollments,
               sum(counted.completions)::bigint AS completions, sum(counted.ratings)::bigint AS ratings
        FROM {_PIECES} CROSS JOIN LATERAL (
            SELECT count(*) AS rows, sum(sign_ups)::bigint AS sign_ups, sum(checkouts)::bigint AS checkouts,
                   sum(payments)::bigint AS payments, sum(enrollments)::bigint AS enrollments,
                   sum(completions)::bigint AS completions, sum(ratings)::bigint AS ratings
            FROM activity_rollups AS kept WHERE {_OF_PIECE}
        ) AS counted
        WHERE counted.rows > 0 GROUP BY piece.period ORDER BY piece.period
        """,
        scope_id=scope_id,
        **_columns(pieces),
    )


async def list_revenue(db: Connection, scope_id: UUID, pieces: Sequence[Piece]) -> list[PeriodRevenue]:
    """By period and currency."""
    return await fetch_all(
        db,
        PeriodRevenue,
        f"""
        SELECT piece.period, booked.currency, sum(booked.gross_minor)::bigint AS gross_minor,
               sum(booked.discount_minor)::bigint AS discount_minor,
               sum(booked.refunded_minor)::bigint AS refunded_minor, sum(booked.fees_minor)::bigint AS fees_minor,
               sum(booked.instructor_share_minor)::bigint AS instructor_share_minor
        FROM {_PIECES} CROSS JOIN LATERAL (
            SELECT currency, sum(gross_minor)::bigint AS gross_minor, sum(discount_minor)::bigint AS discount_minor,
                   sum(refunded_minor)::bigint AS refunded_minor, sum(fees_minor)::bigint AS fees_minor,
                   sum(instructor_share_minor)::bigint AS instructor_share_minor
            FROM revenue_rollups AS kept WHERE {_OF_PIECE} GROUP BY currency
        ) AS booked
        GROUP BY piece.period, booked.currency ORDER BY piece.period, booked.currency
        """,
        scope_id=scope_id,
        **_columns(pieces),
    )


async def list_daily_activity(
    db: Connection, scope_id: UUID, *, edges: list[datetime], since: datetime, until: datetime
) -> list[DailyActivity]:
    """What is counted by UTC day; the edges are at midnight, UTC."""
    return await fetch_all(
        db,
        DailyActivity,
        """
        SELECT width_bucket(started_at, %(edges)b::timestamptz[]) AS period, sum(viewers)::bigint AS views,
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


def _columns(pieces: Sequence[Piece]) -> dict[str, list[Any]]:
    return {
        "periods": [piece.period for piece in pieces],
        "grains": [piece.grain for piece in pieces],
        "begins": [piece.since for piece in pieces],
        "ends": [piece.until for piece in pieces],
    }
