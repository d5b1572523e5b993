"""SQL about how far the rollups are, and of the totals of now."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, execute, fetch_one, fetch_value, find_value
from coursify.modules.analytics.models import CurrentTotals

_ROLLUPS_LOCK = 7311410


async def try_lock_rollups(db: Connection) -> bool:
    """Whether this transaction alone writes rollups now; nobody waits."""
    return await fetch_value(db, bool, "SELECT pg_try_advisory_xact_lock(%(lock)s::bigint)", lock=_ROLLUPS_LOCK)


async def find_frontier(db: Connection) -> datetime:
    """Every transaction of the application that began earlier has ended (the server's clock).

    A fact has the time at which its transaction began, so no fact before this moment is committed later.
    """
    return await fetch_value(
        db,
        datetime,
        """
        SELECT least(now(), min(xact_start)) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND backend_type = 'client backend'
        """,
    )


async def find_refreshed_until(db: Connection) -> datetime | None:
    """None before the first refresh."""
    return await find_value(db, datetime, "SELECT refreshed_until FROM rollup_progress")


async def note_refreshed_until(db: Connection, *, refreshed_until: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO rollup_progress (name, refreshed_until) VALUES ('refresh', %(refreshed_until)s)
        ON CONFLICT (name) DO UPDATE SET refreshed_until = EXCLUDED.refreshed_until
        """,
        refreshed_until=refreshed_until,
    )


async def find_first_fact(db: Connection) -> datetime | None:
    """The time of the oldest fact or rollup; None in an empty database."""
    return await fetch_value(
        db,
        datetime,
        """
        SELECT least(
            (SELECT min(created_at) FROM users),
            (SELECT min(created_at) FROM orders),
            (SELECT min(booked_at) FROM ledger_transactions),
            (SELECT min(enrolled_at) FROM enrollments),
            (SELECT min(completed_at) FROM enrollments),
            (SELECT min(created_at) FROM reviews),
            (SELECT min(completed_at) FROM lesson_progress),
            (SELECT min(day)::timestamp AT TIME ZONE 'UTC' FROM course_views),
            (SELECT min(started_at) FROM activity_rollups WHERE grain = 'day'),
            (SELECT min(started_at) FROM revenue_rollups WHERE grain = 'day')
        )
        """,
    )


async def count_current_totals(db: Connection) -> int:
    """Count users who are not erased, and courses that are not deleted."""
    return await execute(
        db,
        """
        INSERT INTO current_totals AS kept (name, value)
        SELECT 'users', count(*) FROM users WHERE status <> 'erased'
        UNION ALL SELECT 'courses', count(*) FROM courses WHERE deleted_at IS NULL
        UNION ALL SELECT 'published_courses', count(*) FROM courses WHERE deleted_at IS NULL AND status = 'published'
        ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value WHERE kept.value <> EXCLUDED.value
        """,
    )


async def get_current_totals(db: Connection) -> CurrentTotals:
    """Zeros before the first refresh."""
    return await fetch_one(
        db,
        CurrentTotals,
        """
        SELECT coalesce(max(value) FILTER (WHERE name = 'users'), 0) AS users,
               coalesce(max(value) FILTER (WHERE name = 'courses'), 0) AS courses,
               coalesce(max(value) FILTER (WHERE name = 'published_courses'), 0) AS published_courses,
               (SELECT refreshed_until FROM rollup_progress) AS refreshed_until
        FROM current_totals
        """,
    )
