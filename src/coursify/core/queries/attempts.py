"""Attempts that `core/attempts.py` counts in PostgreSQL while Redis is unavailable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_value


async def lock_buckets(db: Connection, buckets: Sequence[str]) -> int:
    """Lock the buckets for this transaction, always in the same order."""
    return await execute(
        db,
        """
        SELECT pg_advisory_xact_lock(hashtextextended(bucket, 0))
        FROM (SELECT unnest(%(buckets)s::text[]) AS bucket ORDER BY 1) AS ordered
        """,
        buckets=list(buckets),
    )


async def count_attempt(
    db: Connection,
    *,
    buckets: Sequence[str],
    limits: Sequence[int],
    seconds: Sequence[int],
    attempt_id: UUID | None,
    now: datetime,
) -> float:
    """Count an attempt in every bucket, or in none when one is full. Returns the seconds until all have room, or 0.

    The caller has locked the buckets. Without an id nothing is counted.
    """
    return await fetch_value(
        db,
        float,
        """
        WITH wanted AS (
            SELECT * FROM unnest(%(buckets)s::text[], %(limits)s::integer[], %(seconds)s::integer[])
                AS wanted (bucket, allowed, seconds)
        ), full_ones AS (
            SELECT extract(epoch FROM oldest - %(now)s::timestamptz) + seconds AS wait
            FROM wanted CROSS JOIN LATERAL (
                SELECT count(*) AS taken, min(at) AS oldest FROM attempts
                WHERE attempts.bucket = wanted.bucket AND at > %(now)s::timestamptz - make_interval(secs => seconds)
            ) AS recent
            WHERE taken >= allowed
        ), counted AS (
            INSERT INTO attempts (bucket, attempt_id, at, forget_at)
            SELECT bucket, %(attempt_id)s::uuid, %(now)s, %(now)s::timestamptz + make_interval(secs => seconds)
            FROM wanted
            WHERE %(attempt_id)s::uuid IS NOT NULL AND NOT EXISTS (SELECT FROM full_ones)
        )
        SELECT coalesce(max(wait), 0)::float8 FROM full_ones
        """,
        buckets=list(buckets),
        limits=list(limits),
        seconds=list(seconds),
        attempt_id=attempt_id,
        now=now,
    )


async def uncount_attempt(db: Connection, *, buckets: Sequence[str], attempt_id: UUID) -> int:
    return await execute(
        db,
        "DELETE FROM attempts WHERE bucket = ANY(%(buckets)s::text[]) AND attempt_id = %(attempt_id)s",
        buckets=list(buckets),
        attempt_id=attempt_id,
    )


async def delete_expired_attempts(db: Connection, *, now: datetime) -> int:
    return await execute(db, "DELETE FROM attempts WHERE forget_at < %(now)s", now=now)
