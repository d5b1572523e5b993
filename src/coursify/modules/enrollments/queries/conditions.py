"""What it means in SQL that access is open, or has run out, at the moment `%(now)s`, and that a course is completed."""

from __future__ import annotations

LIVE = "revoked_at IS NULL AND (valid_until IS NULL OR valid_until > %(now)s)"
IS_OPEN = f"EXISTS (SELECT FROM access_grants WHERE enrollment_id = enrollments.id AND {LIVE})"
IS_EXPIRED = """EXISTS (
    SELECT FROM access_grants WHERE enrollment_id = enrollments.id AND revoked_at IS NULL AND valid_until <= %(now)s
)"""

# `done.lessons` live lessons are completed, the last one at `done.last_at`.
WITH_DONE = """
    CROSS JOIN LATERAL (
        SELECT count(*)::int AS lessons, max(lesson_progress.completed_at) AS last_at
        FROM lesson_progress JOIN lessons ON lessons.id = lesson_progress.lesson_id
        WHERE lesson_progress.enrollment_id = enrollments.id AND lesson_progress.completed_at IS NOT NULL
          AND lessons.deleted_at IS NULL
    ) AS done
"""
IS_COMPLETE = "(done.lessons >= courses.lesson_count AND courses.lesson_count > 0)"
# The first completion is stored. Until it is: when the last lesson was completed, or removed while it was open.
COMPLETED_SINCE = f"""
    CASE WHEN enrollments.completed_at IS NOT NULL THEN enrollments.completed_at
    WHEN {IS_COMPLETE} THEN greatest(done.last_at, (
        SELECT max(removed.deleted_at) FROM lessons AS removed WHERE removed.course_id = enrollments.course_id
          AND NOT EXISTS (SELECT FROM lesson_progress
                          WHERE enrollment_id = enrollments.id AND lesson_id = removed.id AND completed_at IS NOT NULL)
    )) END
"""
# The enrollment counts as activity, so that a list by activity has every course.
LAST_ACTIVITY = """
    greatest(enrollments.enrolled_at,
             (SELECT max(updated_at) FROM lesson_progress WHERE enrollment_id = enrollments.id))
"""
NEXT_LESSON = """
    (SELECT json_build_object('id', lessons.id, 'title', lessons.title, 'order', lessons.position) FROM lessons
     WHERE lessons.course_id = enrollments.course_id AND lessons.deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM lesson_progress AS progress
                       WHERE progress.enrollment_id = enrollments.id AND progress.lesson_id = lessons.id
                         AND progress.completed_at IS NOT NULL)
     ORDER BY (lessons.id = enrollments.last_lesson_id) DESC NULLS LAST, lessons.position LIMIT 1)
"""
# Every live lesson in its order, begun or not.
LESSONS = """
    (SELECT coalesce(json_agg(json_build_object(
            'lesson_id', lessons.id, 'completed', progress.completed_at IS NOT NULL,
            'completed_at', progress.completed_at, 'position_seconds', coalesce(progress.position_seconds, 0)
        ) ORDER BY lessons.position), '[]')
     FROM lessons LEFT JOIN lesson_progress AS progress
         ON progress.enrollment_id = enrollments.id AND progress.lesson_id = lessons.id
     WHERE lessons.course_id = enrollments.course_id AND lessons.deleted_at IS NULL)
"""
# A removed lesson is never the last one: then it is the live one that was used last.
LAST_LESSON = """
    CASE WHEN enrollments.last_lesson_id IS NOT NULL THEN coalesce(
        (SELECT lessons.id FROM lessons WHERE lessons.id = enrollments.last_lesson_id AND lessons.deleted_at IS NULL),
        (SELECT lessons.id FROM lesson_progress JOIN lessons ON lessons.id = lesson_progress.lesson_id
         WHERE lesson_progress.enrollment_id = enrollments.id AND lessons.deleted_at IS NULL
         ORDER BY lesson_progress.updated_at DESC, lessons.position DESC LIMIT 1)
    ) END
"""
