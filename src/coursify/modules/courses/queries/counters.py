"""SQL of what a course counts: ratings in the review's transaction, enrollments by a job. They raise no version."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, execute


async def add_to_ratings(db: Connection, course_id: UUID, *, rating: int, count: int) -> int:
    """One visible rating more (count 1) or fewer (-1): sum, count and distribution in one statement."""
    return await execute(
        db,
        """
        UPDATE courses SET
            rating_sum = rating_sum + %(rating)s::integer * %(count)s::integer,
            rating_count = rating_count + %(count)s::integer,
            rating_counts[%(rating)s::integer] = rating_counts[%(rating)s::integer] + %(count)s::integer
        WHERE id = %(course_id)s
        """,
        course_id=course_id,
        rating=rating,
        count=count,
    )


async def move_rating(db: Connection, course_id: UUID, *, old_rating: int, new_rating: int) -> int:
    """One visible rating changed from one number of stars to another."""
    return await execute(
        db,
        """
        UPDATE courses SET
            rating_sum = rating_sum + %(new_rating)s::integer - %(old_rating)s::integer,
            rating_counts[%(old_rating)s::integer] = rating_counts[%(old_rating)s::integer] - 1,
            rating_counts[%(new_rating)s::integer] = rating_counts[%(new_rating)s::integer] + 1
        WHERE id = %(course_id)s AND %(new_rating)s::integer <> %(old_rating)s::integer
        """,
        course_id=course_id,
        old_rating=old_rating,
        new_rating=new_rating,
    )


async def set_enrollment_count(db: Connection, course_id: UUID, *, enrollment_count: int) -> int:
    return await execute(
        db,
        """
        UPDATE courses SET enrollment_count = %(enrollment_count)s
        WHERE id = %(course_id)s AND enrollment_count <> %(enrollment_count)s
        """,
        course_id=course_id,
        enrollment_count=enrollment_count,
    )


async def refresh_lesson_totals(db: Connection, course_id: UUID) -> int:
    """Count the course's live lessons and their seconds anew."""
    return await execute(
        db,
        """
        UPDATE courses SET (lesson_count, duration_seconds) = (
            SELECT count(*), coalesce(sum(lesson.duration_seconds), 0) FROM lessons AS lesson
            WHERE lesson.course_id = courses.id AND lesson.deleted_at IS NULL
        ) WHERE id = %(course_id)s
        """,
        course_id=course_id,
    )


async def set_trending_scores(db: Connection, *, course_ids: list[UUID], scores: list[int]) -> int:
    """Courses that are locked are left out."""
    return await execute(
        db,
        """
        WITH free AS (
            SELECT id FROM courses WHERE id = ANY(%(course_ids)s::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE courses SET trending_score = scored.score
        FROM free JOIN unnest(%(course_ids)s::uuid[], %(scores)s::bigint[]) AS scored (course_id, score)
            ON scored.course_id = free.id
        WHERE courses.id = free.id
        """,
        course_ids=course_ids,
        scores=scores,
    )
