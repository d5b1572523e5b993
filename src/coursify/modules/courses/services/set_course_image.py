"""The owner gives a course a picture, or takes it away. The one before is released."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection, Database
from coursify.core.settings import MediaSettings
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.courses import policies
from coursify.modules.courses.queries import courses
from coursify.modules.media.services.release_asset import release_asset
from coursify.modules.media.services.upload_picture import StoredPicture, attach_picture, upload_picture
from coursify.modules.media.store import MediaStore


async def set_course_image(
    database: Database,
    store: MediaStore,
    *,
    caller: Caller,
    course_id: UUID,
    file: UploadedFile,
    alt_text: str | None,
    limits: MediaSettings,
) -> StoredPicture:
    """Whether the caller may do this is decided before a byte is stored (`require_owner_of`), and again here."""
    async with (
        upload_picture(database, store, owner_id=caller.user_id, file=file, limits=limits) as picture,
        database.transaction() as (db, now),
    ):
        await attach_course_image(db, caller=caller, course_id=course_id, picture=picture, alt_text=alt_text, now=now)
    return picture


async def require_owner_of(database: Database, *, caller: Caller, course_id: UUID) -> None:
    """Raises CourseNotFound and NotYourCourse."""
    async with database.read() as db:
        policies.require_owner(await courses.get_course(db, course_id), caller)


async def attach_course_image(
    db: Connection, *, caller: Caller, course_id: UUID, picture: StoredPicture, alt_text: str | None, now: datetime
) -> None:
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    await attach_picture(db, picture, replaces=course.image_asset_id, now=now)
    await courses.set_course_image(
        db, course_id, path=picture.path, asset_id=picture.asset_id, alt_text=alt_text, now=now
    )


async def remove_course_image(db: Connection, *, caller: Caller, course_id: UUID, now: datetime) -> None:
    """The owner or an admin; a course without a picture is no error."""
    course = await courses.lock_course(db, course_id)
    policies.require_editor(course, caller)
    await release_asset(db, course.image_asset_id, now=now)
    await courses.set_course_image(db, course_id, path=None, asset_id=None, alt_text=None, now=now)
