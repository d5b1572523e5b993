"""The owner removes the video of a lesson."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import LessonEmpty, VideoNotFound
from coursify.modules.courses.queries import videos
from coursify.modules.courses.services.lock_own_lesson import lock_own_lesson
from coursify.modules.courses.services.release_media import release_video


async def delete_video(db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID, now: datetime) -> None:
    """Raises VideoNotFound, and LessonEmpty where a lesson of a course on sale or waiting would have nothing left."""
    course, lesson = await lock_own_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id)
    video = await videos.find_lesson_video(db, lesson_id)
    if video is None:
        raise VideoNotFound
    if course.must_be_complete and video.asset_id is not None and not replace(lesson, has_video=False).is_ready:
        raise LessonEmpty
    await release_video(db, video, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="lesson.delete_video",
        target_type="lesson",
        target_id=lesson_id,
        details={"courseId": str(course_id), "courseStatus": course.status},
    )
