"""The seed's own SQL: is anybody there, and no letters about a history that nobody lived."""

from __future__ import annotations

from coursify.core.database import Connection, execute, fetch_value


async def has_users(db: Connection) -> bool:
    return await fetch_value(db, bool, "SELECT EXISTS (SELECT FROM users)")


async def suppress_letters(db: Connection, *, reason: str) -> int:
    """Every letter that waits to be sent is settled at the moment it was written, unsent."""
    return await execute(
        db,
        """
        UPDATE email_deliveries SET state = 'suppressed', reason = %(reason)s, settled_at = created_at
        WHERE state = 'queued'
        """,
        reason=reason,
    )


async def drop_jobs(db: Connection, *, names: list[str]) -> int:
    """Jobs of these names that nobody has begun; only for a queue that this transaction filled by itself."""
    return await execute(
        db, "DELETE FROM procrastinate_jobs WHERE task_name = ANY(%(names)s) AND status = 'todo'", names=names
    )
