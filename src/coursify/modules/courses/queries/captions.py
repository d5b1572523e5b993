"""SQL of what is said in the videos of a course."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_all
from coursify.modules.courses.models.captions import LessonCaptions


async def list_captions(db: Connection, course_id: UUID, *, includes_all: bool, max_bytes: int) -> list[LessonCaptions]:
    """Of the live lessons in their order, or of the previews among them, as many as `max_bytes` has room for."""
    return await fetch_all(
        db,
        LessonCaptions,
        """
        SELECT lesson_id, lesson_title, position, language, content FROM (
            SELECT lesson.id AS lesson_id, lesson.title AS lesson_title, lesson.position, captions.language,
                   captions.content,
                   sum(octet_length(captions.content)) OVER (ORDER BY lesson.position, captions.language) AS bytes
            FROM lessons AS lesson JOIN lesson_videos AS video ON video.lesson_id = lesson.id
            JOIN captions ON captions.asset_id = video.asset_id
            WHERE lesson.course_id = %(course_id)s AND lesson.deleted_at IS NULL
                AND (lesson.is_preview OR %(includes_all)s::boolean)
        ) AS spoken WHERE bytes <= %(max_bytes)s ORDER BY position, language
        """,
        course_id=course_id,
        includes_all=includes_all,
        max_bytes=max_bytes,
    )
