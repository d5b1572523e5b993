"""What users has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_account(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, email, name, bio, avatar_url, avatar_path, role, status, email_verified_at, created_at, updated_at
        FROM users WHERE id = %(user_id)s
        """,
        user_id=user_id,
    )
