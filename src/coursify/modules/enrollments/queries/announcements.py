"""The SQL of new lessons: what is new in a course, who learns it, and what was announced already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_optional, fetch_values, find_value
from coursify.modules.enrollments.models import Announcement, CourseNews, Learner
from coursify.modules.enrollments.queries.conditions import IS_OPEN


async def find_course_news(db: Connection, course_id: UUID, *, until: datetime) -> CourseNews | None:
    """Since when lessons are new in a published course, and whether there are any; None for another course."""
    return await fetch_optional(
        db,
        CourseNews,
        """
        SELECT coalesce(last.lessons_until, courses.published_at) AS new_since, last.created_at AS announced_at,
               EXISTS (
                   SELECT FROM lessons WHERE course_id = courses.id AND lessons.deleted_at IS NULL
                     AND lessons.created_at > coalesce(last.lessons_until, courses.published_at)
                     AND lessons.created_at <= %(until)s
               ) AS has_new_lessons
        FROM courses LEFT JOIN LATERAL (
            SELECT lessons_until, created_at FROM lesson_announcements
            WHERE course_id = courses.id ORDER BY lessons_until DESC LIMIT 1
        ) AS last ON true
        WHERE courses.id = %(course_id)s AND courses.status = 'published' AND courses.deleted_at IS NULL
        """,
        course_id=course_id,
        until=until,
    )


async def insert_announcement(
    db: Connection, *, course_id: UUID, lessons_after: datetime, lessons_until: datetime, now: datetime
) -> UUID | None:
    """None when another job announces these lessons."""
    return await find_value(
        db,
        UUID,
        """
        INSERT INTO lesson_announcements (course_id, lessons_after, lessons_until, created_at)
        VALUES (%(course_id)s, %(lessons_after)s, %(lessons_until)s, %(now)s)
        ON CONFLICT (course_id, lessons_after) DO NOTHING RETURNING id
        """,
        course_id=course_id,
        lessons_after=lessons_after,
        lessons_until=lessons_until,
        now=now,
    )


async def find_announcement(db: Connection, announcement_id: UUID) -> Announcement | None:
    return await fetch_optional(
        db,
        Announcement,
        """
        SELECT lesson_announcements.id, course_id, courses.title AS course_title, courses.slug AS course_slug,
               lessons_after, lessons_until
        FROM lesson_announcements JOIN courses ON courses.id = course_id
        WHERE lesson_announcements.id = %(announcement_id)s AND courses.deleted_at IS NULL
        """,
        announcement_id=announcement_id,
    )


async def list_new_titles(db: Connection, *, course_id: UUID, after: datetime, until: datetime) -> list[str]:
    """The titles of the live lessons that were added in this time, in the course's order."""
    return await fetch_values(
        db,
        str,
        """
        SELECT title FROM lessons
        WHERE course_id = %(course_id)s AND deleted_at IS NULL
          AND created_at > %(after)s AND created_at <= %(until)s
        ORDER BY position
        """,
        course_id=course_id,
        after=after,
        until=until,
    )


async def list_learners(db: Connection, *, course_id: UUID, after_id: UUID, limit: int, now: datetime) -> list[Learner]:
    """The next people with access now, in the order of their enrollments."""
    return await fetch_all(
        db,
        Learner,
        f"""
        SELECT enrollments.id AS enrollment_id, user_id FROM enrollments
        WHERE course_id = %(course_id)s AND enrollments.id > %(after_id)s AND {IS_OPEN}
        ORDER BY enrollments.id LIMIT %(limit)s
        """,
        course_id=course_id,
        after_id=after_id,
        limit=limit,
        now=now,
    )
