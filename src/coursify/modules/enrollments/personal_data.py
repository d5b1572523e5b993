"""What enrollments has of a person: what they learn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.enrollments.queries import personal_records, progress

TABLES = {
    "enrollments": "which courses were open, for the accounts; progress is deleted",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "enrollments": await personal_records.list_enrollments(db, user_id),
        "accessGrants": await personal_records.list_grants(db, user_id),
        "progress": await personal_records.list_progress(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await progress.delete_progress_of(db, user_id)
