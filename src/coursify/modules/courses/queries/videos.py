"""The SQL of the videos of lessons: the one that is played, and the one that arrives."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_values
from coursify.modules.courses.models.media import LessonVideo, VideoPlace

# An upload that ended early is released; its row is removed a moment later, and it is no video any longer. A video is
# ready for its author when the lesson plays it: until then the job that attaches it is still to run.
_VIDEO: Final = """
    SELECT video.lesson_id, video.asset_id, arriving.id AS next_asset_id,
           CASE arriving.status WHEN 'ready' THEN 'processing' ELSE newest.status END AS status,
           CASE arriving.status WHEN 'ready' THEN 99 ELSE newest.progress END AS progress,
           newest.duration_seconds, newest.reason,
           ARRAY(SELECT language FROM captions WHERE captions.asset_id = newest.id ORDER BY language) AS languages
    FROM lesson_videos AS video
    LEFT JOIN assets AS arriving ON arriving.id = video.next_asset_id AND arriving.status <> 'released'
    JOIN assets AS newest ON newest.id = coalesce(arriving.id, video.asset_id)
"""


async def find_lesson_video(db: Connection, lesson_id: UUID) -> LessonVideo | None:
    return await fetch_optional(db, LessonVideo, f"{_VIDEO} WHERE video.lesson_id = %(lesson_id)s", lesson_id=lesson_id)


async def list_lesson_videos(db: Connection, course_id: UUID) -> dict[UUID, LessonVideo]:
    """The videos of the course's live lessons, by lesson."""
    rows = await fetch_all(
        db,
        LessonVideo,
        f"""
        {_VIDEO} JOIN lessons ON lessons.id = video.lesson_id
        WHERE lessons.course_id = %(course_id)s AND lessons.deleted_at IS NULL
        """,
        course_id=course_id,
    )
    return {row.lesson_id: row for row in rows}


async def set_arriving_video(db: Connection, *, lesson_id: UUID, asset_id: UUID) -> int:
    """The asset becomes the lesson's video when it is ready."""
    return await execute(
        db,
        """
        INSERT INTO lesson_videos (lesson_id, next_asset_id) VALUES (%(lesson_id)s, %(asset_id)s)
        ON CONFLICT (lesson_id) DO UPDATE SET next_asset_id = EXCLUDED.next_asset_id
        """,
        lesson_id=lesson_id,
        asset_id=asset_id,
    )


async def find_video_place(db: Connection, asset_id: UUID) -> VideoPlace | None:
    """The lesson for which a video arrives."""
    return await fetch_optional(
        db,
        VideoPlace,
        """
        SELECT lessons.id AS lesson_id, lessons.course_id, lessons.deleted_at IS NOT NULL AS is_lesson_deleted
        FROM lesson_videos JOIN lessons ON lessons.id = lesson_videos.lesson_id
        WHERE lesson_videos.next_asset_id = %(asset_id)s
        """,
        asset_id=asset_id,
    )


async def play_arriving_video(db: Connection, *, lesson_id: UUID, asset_id: UUID) -> int:
    """The video that arrived is played from now on."""
    return await execute(
        db,
        """
        UPDATE lesson_videos SET asset_id = next_asset_id, next_asset_id = NULL
        WHERE lesson_id = %(lesson_id)s AND next_asset_id = %(asset_id)s
        """,
        lesson_id=lesson_id,
        asset_id=asset_id,
    )


async def delete_lesson_video(db: Connection, lesson_id: UUID) -> int:
    return await execute(db, "DELETE FROM lesson_videos WHERE lesson_id = %(lesson_id)s", lesson_id=lesson_id)


async def list_uploads_of(db: Connection, instructor_id: UUID) -> list[UUID]:
    """The videos of the person's courses whose bytes have not arrived."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT assets.id FROM assets JOIN lesson_videos ON lesson_videos.next_asset_id = assets.id
        WHERE assets.owner_id = %(instructor_id)s AND assets.status = 'uploading' ORDER BY assets.id
        """,
        instructor_id=instructor_id,
    )
