"""The work list's SQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_value
from coursify.modules.attention.models import AttentionItem, Kind, OpenCount

_ITEM = "id, kind, object_type, object_id, why, since, resolved_at, resolution, resolved_by, note"


async def upsert_item(db: Connection, *, kind: Kind, object_type: str, object_id: str, why: str, now: datetime) -> int:
    """Open the item, or renew why an open one is open."""
    return await execute(
        db,
        """
        INSERT INTO attention_items (kind, object_type, object_id, why, since, updated_at)
        VALUES (%(kind)s, %(object_type)s, %(object_id)s, %(why)s, %(now)s, %(now)s)
        ON CONFLICT (kind, object_type, object_id) WHERE resolved_at IS NULL
        DO UPDATE SET why = EXCLUDED.why, updated_at = EXCLUDED.updated_at
        """,
        kind=kind,
        object_type=object_type,
        object_id=object_id,
        why=why,
        now=now,
    )


async def was_dismissed(db: Connection, *, kind: Kind, object_type: str, object_id: str, why: str) -> bool:
    """Whether the newest item of this object said the same and was dismissed."""
    return await fetch_value(
        db,
        bool,
        """
        SELECT coalesce((
            SELECT resolution = 'dismiss' AND why = %(why)s FROM attention_items
            WHERE kind = %(kind)s AND object_type = %(object_type)s AND object_id = %(object_id)s
            ORDER BY id DESC LIMIT 1), false)
        """,
        kind=kind,
        object_type=object_type,
        object_id=object_id,
        why=why,
    )


async def resolve_item(
    db: Connection,
    *,
    kind: Kind,
    object_type: str,
    object_id: str,
    resolution: str,
    resolved_by: UUID | None,
    note: str | None,
    now: datetime,
) -> int:
    """Close the open item of this object; 0 rows when there is none."""
    return await execute(
        db,
        """
        UPDATE attention_items SET resolved_at = %(now)s, updated_at = %(now)s, resolution = %(resolution)s,
                                   resolved_by = %(resolved_by)s, note = %(note)s
        WHERE kind = %(kind)s AND object_type = %(object_type)s AND object_id = %(object_id)s AND resolved_at IS NULL
        """,
        kind=kind,
        object_type=object_type,
        object_id=object_id,
        resolution=resolution,
        resolved_by=resolved_by,
        note=note,
        now=now,
    )


async def flag_failed_jobs(db: Connection, *, now: datetime) -> int:
    """An item for each job that gave up, unless somebody dismissed it or the next run of a periodic job has begun."""
    return await execute(
        db,
        """
        INSERT INTO attention_items (kind, object_type, object_id, why, since, updated_at)
        SELECT 'job_failed', 'job', job.id::text,
               'The job ' || job.task_name || ' gave up after ' || job.attempts || ' tries.', %(now)s, %(now)s
        FROM procrastinate_jobs AS job WHERE job.status = 'failed' AND (job.queue_name <> 'clock'
            OR EXISTS (SELECT FROM procrastinate_periodic_defers AS tick WHERE tick.job_id = job.id))
        AND NOT EXISTS (
            SELECT FROM attention_items
            WHERE kind = 'job_failed' AND object_id = job.id::text AND (resolved_at IS NULL OR resolution = 'dismiss'))
        ON CONFLICT (kind, object_type, object_id) WHERE resolved_at IS NULL DO NOTHING
        """,
        now=now,
    )


async def resolve_repaired_jobs(db: Connection, *, now: datetime) -> int:
    """Close the items of jobs that are not failed any more."""
    return await execute(
        db,
        """
        UPDATE attention_items SET resolved_at = %(now)s, updated_at = %(now)s, resolution = 'the job runs again'
        WHERE kind = 'job_failed' AND resolved_at IS NULL AND NOT EXISTS (
            SELECT FROM procrastinate_jobs AS job
            WHERE job.id = CASE WHEN object_id ~ '^[0-9]{1,18}$' THEN object_id::bigint END AND job.status = 'failed'
            AND (job.queue_name <> 'clock'
                OR EXISTS (SELECT FROM procrastinate_periodic_defers AS tick WHERE tick.job_id = job.id)))
        """,
        now=now,
    )


async def flag_lost_emails(db: Connection, *, now: datetime) -> int:
    """An item for each email that was refused or may not have left, unless somebody dismissed it."""
    return await execute(
        db,
        """
        INSERT INTO attention_items (kind, object_type, object_id, why, since, updated_at)
        SELECT 'email_' || email.state, 'email', email.id::text,
               CASE WHEN email.state = 'failed' THEN 'The email ' || email.kind || ' was refused.'
               ELSE 'Two attempts to send the email ' || email.kind || ' ended without an answer.' END, %(now)s, %(now)s
        FROM email_deliveries AS email WHERE email.state IN ('failed', 'unknown') AND NOT EXISTS (
            SELECT FROM attention_items AS item
            WHERE item.kind = 'email_' || email.state AND item.object_id = email.id::text
              AND (item.resolved_at IS NULL OR item.resolution = 'dismiss'))
        ON CONFLICT (kind, object_type, object_id) WHERE resolved_at IS NULL DO NOTHING
        """,
        now=now,
    )


async def lock_item(db: Connection, item_id: UUID) -> AttentionItem | None:
    return await fetch_optional(
        db,
        AttentionItem,
        f"SELECT {_ITEM} FROM attention_items WHERE id = %(item_id)s FOR NO KEY UPDATE",
        item_id=item_id,
    )


async def find_item(db: Connection, item_id: UUID) -> AttentionItem | None:
    return await fetch_optional(
        db, AttentionItem, f"SELECT {_ITEM} FROM attention_items WHERE id = %(item_id)s", item_id=item_id
    )


async def list_open_items_about(db: Connection, *, object_ids: list[str]) -> list[AttentionItem]:
    """Oldest first."""
    return await fetch_all(
        db,
        AttentionItem,
        f"""
        SELECT {_ITEM} FROM attention_items WHERE object_id = ANY(%(object_ids)s) AND resolved_at IS NULL ORDER BY id
        """,
        object_ids=object_ids,
    )


async def list_items(
    db: Connection, *, is_open: bool, kind: Kind | None, limit: int, offset: int, before: UUID | None
) -> list[AttentionItem]:
    """Those that are open, or those that were resolved; the newest first, whenever it was resolved."""
    conditions = [
        f"resolved_at IS {'NULL' if is_open else 'NOT NULL'}",
        *(["kind = %(kind)s"] if kind else []),
        *(["id < %(before)s"] if before else []),
    ]
    return await fetch_all(
        db,
        AttentionItem,
        f"""
        SELECT {_ITEM} FROM attention_items WHERE {" AND ".join(conditions)}
        ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s
        """,
        kind=kind,
        limit=limit,
        offset=offset,
        before=before,
    )


async def count_items(db: Connection, *, is_open: bool, kind: Kind | None, cap: int) -> int:
    state = "NULL" if is_open else "NOT NULL"
    condition = "AND kind = %(kind)s" if kind else ""
    return await fetch_value(
        db,
        int,
        f"""
        SELECT count(*) FROM
            (SELECT FROM attention_items WHERE resolved_at IS {state} {condition} LIMIT %(cap)s + 1) AS counted
        """,
        kind=kind,
        cap=cap,
    )


async def count_open_by_kind(db: Connection) -> list[OpenCount]:
    return await fetch_all(
        db,
        OpenCount,
        """
        SELECT kind, count(*) AS count FROM attention_items WHERE resolved_at IS NULL GROUP BY kind ORDER BY kind
        """,
    )
