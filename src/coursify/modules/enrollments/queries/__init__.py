"""The module's SQL: one named function per statement."""

from coursify.modules.enrollments.queries.access import (
    close_grant,
    ensure_enrollment,
    find_access,
    find_enrollment_letter,
    find_grant,
    insert_grant,
    list_enrollment_ids_of_lines,
    list_grants,
    list_open_course_ids,
    reopen_grant,
)
from coursify.modules.enrollments.queries.enrollments import (
    count_enrollments,
    find_enrollment,
    find_enrollment_of,
    get_enrollment,
    list_enrollment_counts,
    list_enrollments,
    lock_enrollment,
)
from coursify.modules.enrollments.queries.progress import (
    delete_progress_of,
    find_lesson_page,
    list_lesson_lengths,
    list_progress,
    mark_completed,
    note_last_lesson,
    upsert_progress,
)

__all__ = [
    "close_grant",
    "count_enrollments",
    "delete_progress_of",
    "ensure_enrollment",
    "find_access",
    "find_enrollment",
    "find_enrollment_letter",
    "find_enrollment_of",
    "find_grant",
    "find_lesson_page",
    "get_enrollment",
    "insert_grant",
    "list_enrollment_counts",
    "list_enrollment_ids_of_lines",
    "list_enrollments",
    "list_grants",
    "list_lesson_lengths",
    "list_open_course_ids",
    "list_progress",
    "lock_enrollment",
    "mark_completed",
    "note_last_lesson",
    "reopen_grant",
    "upsert_progress",
]
