"""The SQL of the seed."""

from __future__ import annotations

from coursify.core.database import Connection, execute, fetch_value


async def has_users(db: Connection) -> bool:
    return await fetch_value(db, bool, "SELECT EXISTS (SELECT FROM users)")


async def suppress_emails(db: Connection, *, reason: str) -> int:
    """Mark every queued email as suppressed at the time of its creation."""
    return await execute(
        db,
        """
        UPDATE email_deliveries SET state = 'suppressed', reason = %(reason)s, settled_at = created_at
        WHERE state = 'queued'
        """,
        reason=reason,
    )


async def delete_jobs(db: Connection, *, names: list[str]) -> int:
    """Delete the waiting jobs with these names; safe only while no worker uses the queue."""
    return await execute(
        db, "DELETE FROM procrastinate_jobs WHERE task_name = ANY(%(names)s) AND status = 'todo'", names=names
    )
