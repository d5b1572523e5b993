"""SQL of the courses that the learners of a course learn besides."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_values


async def list_learned_together(
    db: Connection, course_id: UUID, *, newest: int, least_learners: int, limit: int
) -> list[UUID]:
    """Courses on sale that at least so many of the newest learners have as well, the most common ones first."""
    return await fetch_values(
        db,
        UUID,
        """
        WITH learners AS (
            SELECT user_id FROM enrollments WHERE course_id = %(course_id)s ORDER BY id DESC LIMIT %(newest)s
        ), shared AS (
            SELECT other.course_id, count(*) AS learners
            FROM learners JOIN enrollments AS other ON other.user_id = learners.user_id
            WHERE other.course_id <> %(course_id)s
            GROUP BY other.course_id HAVING count(*) >= %(least_learners)s
        )
        SELECT course.id FROM shared JOIN courses AS course ON course.id = shared.course_id
        WHERE course.status = 'published' AND course.deleted_at IS NULL AND course.sale_suspended_at IS NULL
        ORDER BY shared.learners DESC, course.enrollment_count DESC, course.id DESC LIMIT %(limit)s
        """,
        course_id=course_id,
        newest=newest,
        least_learners=least_learners,
        limit=limit,
    )
