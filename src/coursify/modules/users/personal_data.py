"""What users has of a person: the row itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection, Records
from coursify.modules.users.queries import personal_records, users
from coursify.modules.users.services.scrub_user import scrub_user

TABLES = {
    "users": "cleared, but for the id",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {"account": await personal_records.list_account(db, user_id)}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await scrub_user(db, await users.lock_user(db, user_id), now=now)
    # Courses are found by the name of their instructor.
    await jobs.defer(db, "courses.reindex_instructor", instructor_id=user_id)
