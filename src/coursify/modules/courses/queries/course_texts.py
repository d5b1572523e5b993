"""SQL of what is long about a course: its texts, alone or with its outline."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_one, fetch_optional
from coursify.modules.courses.models import CourseDetail, CourseTexts, CourseWithText
from coursify.modules.courses.queries.courses import COURSE, TEXTS, WITH_TEXT

_DETAIL: Final = f"""
    SELECT {COURSE}, {TEXTS}, course.rating_counts,
        (SELECT coalesce(json_agg(json_build_object(
                'id', lesson.id, 'title', lesson.title, 'order', lesson.position,
                'duration_seconds', lesson.duration_seconds, 'is_preview', lesson.is_preview,
                'section_id', lesson.section_id
            ) ORDER BY lesson.position), '[]')
         FROM lessons AS lesson WHERE lesson.course_id = course.id AND lesson.deleted_at IS NULL) AS lessons,
        (SELECT coalesce(json_agg(json_build_object('id', section.id, 'title', section.title, 'order', section.position)
                ORDER BY section.position), '[]')
         FROM sections AS section WHERE section.course_id = course.id) AS sections
    FROM courses AS course {WITH_TEXT}
"""


async def find_course_detail(db: Connection, course_id: UUID) -> CourseDetail | None:
    """The course with its outline and ratings, in one statement."""
    return await fetch_optional(db, CourseDetail, f"{_DETAIL} WHERE course.id = %(course_id)s", course_id=course_id)


async def find_course_detail_by_slug(db: Connection, slug: str) -> CourseDetail | None:
    return await fetch_optional(db, CourseDetail, f"{_DETAIL} WHERE course.slug = %(slug)s", slug=slug)


async def get_texts(db: Connection, course_id: UUID) -> CourseTexts:
    """The whole texts. Read them after the lock on the course: a statement that waits for a lock sees old texts."""
    return await fetch_one(
        db,
        CourseTexts,
        "SELECT description, requirements, outcomes FROM course_texts WHERE course_id = %(course_id)s",
        course_id=course_id,
    )


async def update_course_text(db: Connection, course: CourseWithText) -> int:
    """Store the texts, and the words by which the version before course_search finds the course."""
    return await execute(
        db,
        """
        UPDATE course_texts SET
            description = CASE WHEN description = %(description)s THEN description ELSE %(description)s END,
            requirements = %(requirements)s::text[], outcomes = %(outcomes)s::text[],
            search = course_words(%(title)s, %(subtitle)s, '')
        WHERE course_id = %(course_id)s
        """,
        course_id=course.id,
        title=course.title,
        subtitle=course.subtitle,
        description=course.description,
        requirements=course.requirements,
        outcomes=course.outcomes,
    )
