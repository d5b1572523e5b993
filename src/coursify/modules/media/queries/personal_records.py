"""What media has of a person, as exported and erased."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, execute, fetch_records


async def list_assets(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, kind, status, filename, content_type, size_bytes, duration_seconds, created_at
        FROM assets WHERE owner_id = %(user_id)s AND status <> 'released' ORDER BY id
        """,
        user_id=user_id,
    )


async def clear_filenames(db: Connection, user_id: UUID) -> int:
    """The extension stays, because learners open the file by it."""
    return await execute(
        db,
        r"""
        UPDATE assets SET filename = 'erased' || coalesce(lower(substring(filename FROM '\.[A-Za-z0-9]{1,10}$')), '')
        WHERE owner_id = %(user_id)s
        """,
        user_id=user_id,
    )
