"""A lesson no longer has a video, or no longer has any media at all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.models.media import LessonVideo
from coursify.modules.courses.queries import attachments, videos
from coursify.modules.media.services.release_asset import release_asset


async def release_media(db: Connection, lesson_id: UUID, *, now: datetime) -> None:
    """Release the video, the one that arrives and every attachment of a lesson that is deleted."""
    video = await videos.find_lesson_video(db, lesson_id)
    if video is not None:
        await release_video(db, video, now=now)
    for attachment in await attachments.list_attachments(db, lesson_id):
        await attachments.delete_attachment(db, attachment.id)
        await release_asset(db, attachment.asset_id, now=now)


async def release_video(db: Connection, video: LessonVideo, *, now: datetime) -> None:
    """Release both the video that is played and the one that arrives."""
    await videos.delete_lesson_video(db, video.lesson_id)
    await release_asset(db, video.asset_id, now=now)
    await release_asset(db, video.next_asset_id, now=now)
