"""The SQL of lessons. Callers that change positions hold the course's lock; positions stay 1..n."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_values, find_value
from coursify.modules.courses.errors import LessonNotFound
from coursify.modules.courses.models import Lesson, LessonPlace
from coursify.modules.courses.models.outline import OutlineLesson

_LESSON: Final = """
    id, course_id, section_id, title, position, content, external_video_url, is_preview, duration_seconds, version,
    deleted_at, created_at, updated_at,
    EXISTS (SELECT FROM lesson_videos WHERE lesson_id = lessons.id AND asset_id IS NOT NULL) AS has_video
"""


async def insert_lesson(
    db: Connection,
    *,
    course_id: UUID,
    section_id: UUID | None,
    title: str,
    position: int,
    content: str | None,
    external_video_url: str | None,
    is_preview: bool,
    duration_seconds: int,
    now: datetime,
) -> Lesson:
    return await fetch_one(
        db,
        Lesson,
        f"""
        INSERT INTO lessons (course_id, section_id, title, position, content, external_video_url, is_preview,
                             duration_seconds, created_at, updated_at)
        VALUES (%(course_id)s, %(section_id)s, %(title)s, %(position)s, %(content)s, %(external_video_url)s,
                %(is_preview)s, %(duration_seconds)s, %(now)s, %(now)s)
        RETURNING {_LESSON}
        """,
        course_id=course_id,
        section_id=section_id,
        title=title,
        position=position,
        content=content,
        external_video_url=external_video_url,
        is_preview=is_preview,
        duration_seconds=duration_seconds,
        now=now,
    )


async def find_lesson(db: Connection, *, course_id: UUID, lesson_id: UUID) -> Lesson | None:
    """The live lesson of this very course, or None."""
    return await fetch_optional(
        db,
        Lesson,
        f"""
        SELECT {_LESSON} FROM lessons
        WHERE id = %(lesson_id)s AND course_id = %(course_id)s AND deleted_at IS NULL
        """,
        course_id=course_id,
        lesson_id=lesson_id,
    )


async def find_course_of_lesson(db: Connection, lesson_id: UUID) -> UUID | None:
    """The course of a live lesson, or None."""
    return await find_value(
        db,
        UUID,
        "SELECT course_id FROM lessons WHERE id = %(lesson_id)s AND deleted_at IS NULL",
        lesson_id=lesson_id,
    )


async def get_lesson(db: Connection, *, course_id: UUID, lesson_id: UUID) -> Lesson:
    """As find_lesson; raises LessonNotFound."""
    lesson = await find_lesson(db, course_id=course_id, lesson_id=lesson_id)
    if lesson is None:
        raise LessonNotFound
    return lesson


async def list_lessons(db: Connection, course_id: UUID) -> list[Lesson]:
    """The course's live lessons in order, with content."""
    return await fetch_all(
        db,
        Lesson,
        f"SELECT {_LESSON} FROM lessons WHERE course_id = %(course_id)s AND deleted_at IS NULL ORDER BY position",
        course_id=course_id,
    )


async def list_outline(db: Connection, course_id: UUID) -> list[OutlineLesson]:
    """The live lessons in order, without their texts."""
    return await fetch_all(
        db,
        OutlineLesson,
        """
        SELECT id, section_id, title, coalesce(position, 0) AS position, coalesce(content, '') <> '' AS has_text,
               external_video_url IS NOT NULL AS has_external_video,
               EXISTS (SELECT FROM lesson_videos WHERE lesson_id = lessons.id AND asset_id IS NOT NULL) AS has_video,
               is_preview, duration_seconds
        FROM lessons WHERE course_id = %(course_id)s AND deleted_at IS NULL ORDER BY lessons.position
        """,
        course_id=course_id,
    )


async def list_lesson_ids(db: Connection, course_id: UUID) -> list[UUID]:
    """The ids of the course's live lessons in order."""
    return await fetch_values(
        db,
        UUID,
        "SELECT id FROM lessons WHERE course_id = %(course_id)s AND deleted_at IS NULL ORDER BY position",
        course_id=course_id,
    )


async def list_lesson_places(db: Connection, course_id: UUID) -> list[LessonPlace]:
    """The course's live lessons in order, with their sections."""
    return await fetch_all(
        db,
        LessonPlace,
        """
        SELECT lessons.id AS lesson_id, section_id, coalesce(sections.position, 0) AS section_position
        FROM lessons LEFT JOIN sections ON sections.id = section_id
        WHERE lessons.course_id = %(course_id)s AND deleted_at IS NULL ORDER BY lessons.position
        """,
        course_id=course_id,
    )


async def update_lesson_fields(db: Connection, lesson: Lesson, *, now: datetime) -> Lesson:
    """Store the section and the editable fields of `lesson`; its version rises, its position stays."""
    return await fetch_one(
        db,
        Lesson,
        f"""
        UPDATE lessons SET section_id = %(section_id)s, title = %(title)s, content = %(content)s,
            external_video_url = %(external_video_url)s, is_preview = %(is_preview)s,
            duration_seconds = %(duration_seconds)s, version = version + 1, updated_at = %(now)s
        WHERE id = %(lesson_id)s
        RETURNING {_LESSON}
        """,
        lesson_id=lesson.id,
        section_id=lesson.section_id,
        title=lesson.title,
        content=lesson.content,
        external_video_url=lesson.external_video_url,
        is_preview=lesson.is_preview,
        duration_seconds=lesson.duration_seconds,
        now=now,
    )


async def set_lesson_duration(db: Connection, lesson_id: UUID, *, duration_seconds: int, now: datetime) -> int:
    """The length of its video; the version stays, because nobody edited the lesson."""
    return await execute(
        db,
        """
        UPDATE lessons SET duration_seconds = %(duration_seconds)s, updated_at = %(now)s
        WHERE id = %(lesson_id)s AND deleted_at IS NULL
        """,
        lesson_id=lesson_id,
        duration_seconds=duration_seconds,
        now=now,
    )


async def make_room_for_lesson(db: Connection, *, course_id: UUID, position: int) -> int:
    """Move the lessons from `position` on one place down."""
    return await execute(
        db,
        "UPDATE lessons SET position = position + 1 WHERE course_id = %(course_id)s AND position >= %(position)s",
        course_id=course_id,
        position=position,
    )


async def close_gap_in_lessons(db: Connection, *, course_id: UUID, position: int) -> int:
    """Move the lessons behind `position` one place up."""
    return await execute(
        db,
        "UPDATE lessons SET position = position - 1 WHERE course_id = %(course_id)s AND position > %(position)s",
        course_id=course_id,
        position=position,
    )


async def set_lesson_order(db: Connection, *, course_id: UUID, lesson_ids: Sequence[UUID]) -> int:
    """Give the lessons the positions in which they are named."""
    return await execute(
        db,
        """
        UPDATE lessons SET position = named.position
        FROM unnest(%(lesson_ids)s::uuid[]) WITH ORDINALITY AS named (id, position)
        WHERE lessons.id = named.id AND lessons.course_id = %(course_id)s AND lessons.deleted_at IS NULL
        """,
        course_id=course_id,
        lesson_ids=list(lesson_ids),
    )


async def mark_lesson_deleted(db: Connection, lesson_id: UUID, *, now: datetime) -> int:
    """Take the lesson out of the course; what learners did in it stays."""
    return await execute(
        db,
        """
        UPDATE lessons SET deleted_at = %(now)s, position = NULL, section_id = NULL, updated_at = %(now)s
        WHERE id = %(lesson_id)s AND deleted_at IS NULL
        """,
        lesson_id=lesson_id,
        now=now,
    )
