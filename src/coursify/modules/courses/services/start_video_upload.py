"""The owner starts the upload of a lesson's video: the answer says where the bytes go."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.core.settings import MediaSettings
from coursify.modules.courses.services.announce_video import announce_video
from coursify.modules.media.models import PartsPage, Transfer
from coursify.modules.media.services.begin_transfer import begin_transfer
from coursify.modules.media.services.list_upload_parts import list_upload_parts
from coursify.modules.media.store import MediaStore


async def start_video_upload(
    database: Database,
    store: MediaStore,
    *,
    caller: Caller,
    course_id: UUID,
    lesson_id: UUID,
    filename: str,
    content_type: str,
    size: int,
    limits: MediaSettings,
) -> tuple[Transfer, PartsPage | None]:
    """The transfer, and the first addresses where the file is sent in parts. Raises as announce_video does."""
    announced = await announce_video(
        database,
        caller=caller,
        course_id=course_id,
        lesson_id=lesson_id,
        filename=filename,
        content_type=content_type,
        size=size,
        limits=limits,
    )
    transfer = await begin_transfer(database, store, asset=announced.asset, token=announced.token)
    if not transfer.part_count:
        return transfer, None
    return transfer, await list_upload_parts(store, asset=transfer.asset, first=1, last=transfer.part_count)
