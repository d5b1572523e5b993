"""The SQL of exports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_one, fetch_optional
from coursify.modules.privacy.models import Export, ExportContent

_EXPORT = "id, user_id, sections_done, requested_at, ready_at, expires_at"


async def insert_export(db: Connection, *, user_id: UUID, expires_at: datetime, now: datetime) -> Export:
    return await fetch_one(
        db,
        Export,
        f"""
        INSERT INTO data_exports (user_id, requested_at, expires_at) VALUES (%(user_id)s, %(now)s, %(expires_at)s)
        RETURNING {_EXPORT}
        """,
        user_id=user_id,
        expires_at=expires_at,
        now=now,
    )


async def find_live_export(db: Connection, *, user_id: UUID, now: datetime) -> Export | None:
    return await fetch_optional(
        db,
        Export,
        f"""
        SELECT {_EXPORT} FROM data_exports WHERE user_id = %(user_id)s AND expires_at > %(now)s
        ORDER BY id DESC LIMIT 1
        """,
        user_id=user_id,
        now=now,
    )


async def find_export(db: Connection, export_id: UUID) -> Export | None:
    return await fetch_optional(
        db, Export, f"SELECT {_EXPORT} FROM data_exports WHERE id = %(export_id)s", export_id=export_id
    )


async def find_export_content(db: Connection, export_id: UUID) -> ExportContent | None:
    return await fetch_optional(
        db,
        ExportContent,
        "SELECT content, expires_at FROM data_exports WHERE id = %(export_id)s",
        export_id=export_id,
    )


async def note_section(db: Connection, export_id: UUID, *, sections_done: int) -> int:
    return await execute(
        db,
        "UPDATE data_exports SET sections_done = %(sections_done)s WHERE id = %(export_id)s",
        export_id=export_id,
        sections_done=sections_done,
    )


async def mark_export_ready(db: Connection, export_id: UUID, *, content: bytes, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE data_exports SET content = %(content)s, ready_at = %(now)s WHERE id = %(export_id)s",
        export_id=export_id,
        content=content,
        now=now,
    )


async def delete_exports_of(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM data_exports WHERE user_id = %(user_id)s", user_id=user_id)


async def delete_old_exports(db: Connection, *, now: datetime) -> int:
    """Empty expired exports, and delete them a week later: until then an old link answers `export_expired`."""
    return await execute(
        db,
        """
        WITH emptied AS (
            UPDATE data_exports SET content = NULL
            WHERE expires_at < %(now)s AND expires_at >= %(now)s - interval '7 days' AND content IS NOT NULL
        )
        DELETE FROM data_exports WHERE expires_at < %(now)s - interval '7 days'
        """,
        now=now,
    )
