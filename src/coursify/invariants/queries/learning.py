"""What must be true of courses, enrollments and progress."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def enrollments_twice(db: Connection, *, now: datetime) -> Rows:
    """There is one enrollment for a person and a course, for ever."""
    return await fetch_records(
        db,
        "SELECT user_id, course_id, count(*) FROM enrollments GROUP BY user_id, course_id HAVING count(*) > 1",
        now=now,
    )


async def enrollments_in_own_course(db: Connection, *, now: datetime) -> Rows:
    """Nobody is enrolled in a course they teach."""
    return await fetch_records(
        db,
        """
        SELECT enrollments.id AS enrollment_id FROM enrollments JOIN courses ON courses.id = enrollments.course_id
        WHERE enrollments.user_id = courses.instructor_id
        """,
        now=now,
    )


async def progress_out_of_range(db: Connection, *, now: datetime) -> Rows:
    """A position is never negative, and no lesson was completed in the future."""
    return await fetch_records(
        db,
        """
        SELECT enrollment_id, lesson_id, position_seconds, completed_at FROM lesson_progress
        WHERE position_seconds < 0 OR completed_at > %(now)s::timestamptz + interval '30 seconds'
        """,
        now=now,
    )


async def progress_in_foreign_courses(db: Connection, *, now: datetime) -> Rows:
    """There is progress only in lessons of the course that the enrollment is for."""
    return await fetch_records(
        db,
        """
        SELECT progress.enrollment_id, progress.lesson_id FROM lesson_progress AS progress
        LEFT JOIN enrollments ON enrollments.id = progress.enrollment_id
        LEFT JOIN lessons ON lessons.id = progress.lesson_id
        WHERE enrollments.course_id IS DISTINCT FROM lessons.course_id OR lessons.id IS NULL
        """,
        now=now,
    )


async def completions_unlike_progress(db: Connection, *, now: datetime) -> Rows:
    """Who completed a course did every lesson that it had then and has still, and who did every lesson completed it."""
    return await fetch_records(
        db,
        """
        SELECT enrollments.id AS enrollment_id, lessons.id AS lesson_id
        FROM enrollments JOIN lessons ON lessons.course_id = enrollments.course_id
            AND lessons.deleted_at IS NULL AND lessons.created_at <= enrollments.completed_at
        LEFT JOIN lesson_progress AS progress
            ON progress.enrollment_id = enrollments.id AND progress.lesson_id = lessons.id
        WHERE progress.completed_at IS NULL
        UNION ALL
        SELECT enrollments.id, NULL
        FROM enrollments JOIN courses ON courses.id = enrollments.course_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS lessons, max(progress.completed_at) AS last_at
            FROM lesson_progress AS progress JOIN lessons ON lessons.id = progress.lesson_id
            WHERE progress.enrollment_id = enrollments.id AND progress.completed_at IS NOT NULL
              AND lessons.deleted_at IS NULL
        ) AS done
        WHERE (enrollments.completed_at IS NULL OR enrollments.certificate_code IS NULL)
          AND done.lessons = courses.lesson_count AND done.last_at < %(now)s::timestamptz - interval '10 minutes'
          AND NOT EXISTS (SELECT FROM lessons WHERE course_id = courses.id
                            AND deleted_at >= %(now)s::timestamptz - interval '10 minutes')
        """,
        now=now,
    )


async def certificates_unlike_completions(db: Connection, *, now: datetime) -> Rows:
    """Every completion has its certificate after two hours, and every certificate that has a name its completion."""
    return await fetch_records(
        db,
        """
        SELECT certificates.enrollment_id FROM certificates JOIN enrollments ON enrollments.id = enrollment_id
        WHERE certificates.erased_at IS NULL
          AND (certificate_code IS DISTINCT FROM code OR completed_at IS DISTINCT FROM issued_at)
        UNION ALL
        SELECT enrollments.id FROM enrollments JOIN users ON users.id = user_id
        WHERE completed_at < %(now)s::timestamptz - interval '2 hours' AND users.name IS NOT NULL
          AND NOT EXISTS (SELECT FROM certificates WHERE enrollment_id = enrollments.id)
        """,
        now=now,
    )


async def lessons_out_of_order(db: Connection, *, now: datetime) -> Rows:
    """A course's live lessons stand at 1..n without gap or twin, and it knows their number and length."""
    return await fetch_records(
        db,
        """
        SELECT courses.id AS course_id, courses.lesson_count, array_agg(lessons.position) AS positions
        FROM courses LEFT JOIN lessons ON lessons.course_id = courses.id AND lessons.deleted_at IS NULL
        GROUP BY courses.id
        HAVING count(lessons.id) <> count(DISTINCT lessons.position) OR coalesce(min(lessons.position), 1) <> 1
            OR coalesce(max(lessons.position), 0) <> count(lessons.id) OR courses.lesson_count <> count(lessons.id)
            OR courses.duration_seconds <> coalesce(sum(lessons.duration_seconds), 0)
        """,
        now=now,
    )


async def sections_out_of_order(db: Connection, *, now: datetime) -> Rows:
    """A course's sections stand at 1..n, and its lessons follow their order, those in no section first."""
    return await fetch_records(
        db,
        """
        SELECT course_id, 'sections' AS wrong, array_agg(position) AS positions FROM sections GROUP BY course_id
        HAVING count(*) <> count(DISTINCT position) OR min(position) <> 1 OR max(position) <> count(*)
        UNION ALL
        SELECT course_id, 'lessons', array_agg(section_position ORDER BY position)
        FROM (
            SELECT lessons.course_id, lessons.position, section_id IS NOT NULL AND sections.id IS NULL AS is_foreign,
                   coalesce(sections.position, 0) AS section_position,
                   lag(coalesce(sections.position, 0)) OVER (PARTITION BY lessons.course_id ORDER BY lessons.position)
                       AS before
            FROM lessons LEFT JOIN sections ON sections.id = section_id AND sections.course_id = lessons.course_id
            WHERE lessons.deleted_at IS NULL
        ) AS lesson
        GROUP BY course_id HAVING bool_or(section_position < before) OR bool_or(is_foreign)
        """,
        now=now,
    )


async def sales_unlike_instructors(db: Connection, *, now: datetime) -> Rows:
    """A course is marked as off sale exactly while its instructor may not sell or an admin suspended its sale."""
    return await fetch_records(
        db,
        """
        SELECT courses.id AS course_id, users.id AS instructor_id, users.status, users.role, courses.sale_suspended_at
        FROM courses JOIN users ON users.id = courses.instructor_id
        WHERE (users.status = 'active' AND users.role IN ('instructor', 'admin') AND courses.sale_suspension_id IS NULL)
                <> (courses.sale_suspended_at IS NULL)
            OR courses.sale_suspension_id IS DISTINCT FROM
                (SELECT id FROM sale_suspensions WHERE course_id = courses.id AND resumed_at IS NULL)
        """,
        now=now,
    )


async def lessons_on_sale_without_content(db: Connection, *, now: datetime) -> Rows:
    """A course on sale has lessons, a price and a description, and in every lesson something to learn from."""
    return await fetch_records(
        db,
        """
        SELECT courses.id AS course_id, lessons.id AS lesson_id
        FROM courses LEFT JOIN lessons ON lessons.course_id = courses.id AND lessons.deleted_at IS NULL
        WHERE courses.status = 'published' AND courses.deleted_at IS NULL
          AND (coalesce(lessons.content, '') = '' AND lessons.external_video_url IS NULL
               AND NOT EXISTS (SELECT FROM lesson_videos WHERE lesson_id = lessons.id AND asset_id IS NOT NULL)
               OR courses.price_minor IS NULL OR courses.excerpt = '' OR courses.published_at IS NULL)
        """,
        now=now,
    )
