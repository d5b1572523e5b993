"""What courses has of a person: what they teach."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection, Records
from coursify.modules.courses.queries import owners, personal_records, snapshots, videos
from coursify.modules.media.services.release_asset import release_asset

TABLES = {
    "courses": "out of the catalogue; those enrolled keep them",
    "course_snapshots": "those of one's courses deleted; the id of an admin says no more who it was",
    "sale_suspensions": "all of it: the id of an admin says no more who it was",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "courses": await personal_records.list_courses(db, user_id),
        "lessons": await personal_records.list_lessons(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await snapshots.delete_snapshots_of(db, user_id)
    for asset_id in await videos.list_uploads_of(db, user_id):
        await release_asset(db, asset_id, now=now)
    for course_id in await owners.take_down_courses_of(db, user_id, now=now):
        await audit.record(
            db,
            actor_id=None,
            action="course.delete",
            target_type="course",
            target_id=course_id,
            details={"reason": "its instructor was erased"},
        )
