"""The SQL of enrollments, with access and progress at the given moment."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import (
    Connection,
    fetch_all,
    fetch_optional,
    fetch_value,
    find_value,
)
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.enrollments.errors import EnrollmentNotFound
from coursify.modules.enrollments.models import (
    Enrollment,
    EnrollmentCount,
    EnrollmentOrder,
    EnrollmentSummary,
    EnrollmentWithLessons,
)
from coursify.modules.enrollments.queries.conditions import (
    COMPLETED_SINCE,
    IS_EXPIRED,
    IS_OPEN,
    LAST_ACTIVITY,
    LAST_LESSON,
    LESSONS,
    NEXT_LESSON,
    WITH_DONE,
)

ENROLLMENT = f"""
    enrollments.id, enrollments.user_id, enrollments.course_id, enrollments.enrolled_at,
    {COMPLETED_SINCE} AS first_completed_at, enrollments.certificate_code, {LAST_LESSON} AS last_lesson_id,
    courses.lesson_count, done.lessons AS completed_lessons, {LAST_ACTIVITY} AS last_activity_at,
    {NEXT_LESSON} AS next_lesson, {IS_OPEN} AS is_open, {IS_EXPIRED} AS is_expired
"""
WITH_COURSE = f"FROM enrollments JOIN courses ON courses.id = enrollments.course_id {WITH_DONE}"
_SUMMARY = f"""
    {ENROLLMENT}, courses.slug AS course_slug, courses.title AS course_title, courses.image_path AS course_image_path,
    courses.image_alt_text AS course_image_alt_text, courses.instructor_id, users.name AS instructor_name,
    users.avatar_url AS instructor_avatar_url, users.avatar_path AS instructor_avatar_path
    {WITH_COURSE} JOIN users ON users.id = courses.instructor_id
"""


# How a list is sorted, and which rows come after a key.
ORDERS: Final[dict[EnrollmentOrder, tuple[str, str]]] = {
    "newest": ("enrollments.id DESC", "enrollments.id < %(after_0)s::uuid"),
    "activity": (
        f"{LAST_ACTIVITY} DESC, enrollments.id DESC",
        f"({LAST_ACTIVITY}, enrollments.id) < (%(after_0)s::timestamptz, %(after_1)s::uuid)",
    ),
}


async def find_enrollment(db: Connection, enrollment_id: UUID, *, now: datetime) -> Enrollment | None:
    return await fetch_optional(
        db,
        Enrollment,
        f"SELECT {ENROLLMENT} {WITH_COURSE} WHERE enrollments.id = %(id)s",
        id=enrollment_id,
        now=now,
    )


async def get_enrollment(db: Connection, enrollment_id: UUID, *, now: datetime) -> Enrollment:
    found = await find_enrollment(db, enrollment_id, now=now)
    if found is None:
        raise EnrollmentNotFound
    return found


async def get_enrollment_with_lessons(db: Connection, enrollment_id: UUID, *, now: datetime) -> EnrollmentWithLessons:
    found = await fetch_optional(
        db,
        EnrollmentWithLessons,
        f"SELECT {ENROLLMENT}, {LESSONS} AS lessons {WITH_COURSE} WHERE enrollments.id = %(id)s",
        id=enrollment_id,
        now=now,
    )
    if found is None:
        raise EnrollmentNotFound
    return found


async def find_enrollment_of(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> Enrollment | None:
    return await fetch_optional(
        db,
        Enrollment,
        f"""
        SELECT {ENROLLMENT} {WITH_COURSE}
        WHERE enrollments.user_id = %(user_id)s AND enrollments.course_id = %(course_id)s
        """,
        user_id=user_id,
        course_id=course_id,
        now=now,
    )


async def has_enrollment(db: Connection, *, user_id: UUID, course_id: UUID) -> bool:
    """Whether they were ever enrolled, with access or without."""
    return await fetch_value(
        db,
        bool,
        "SELECT EXISTS (SELECT FROM enrollments WHERE user_id = %(user_id)s AND course_id = %(course_id)s)",
        user_id=user_id,
        course_id=course_id,
    )


async def lock_enrollment(db: Connection, enrollment_id: UUID) -> UUID | None:
    return await find_value(
        db, UUID, "SELECT id FROM enrollments WHERE id = %(id)s FOR NO KEY UPDATE", id=enrollment_id
    )


async def list_enrollments(
    db: Connection,
    *,
    user_id: UUID,
    course_id: UUID | None = None,
    order: EnrollmentOrder = "newest",
    now: datetime,
    window: Window,
) -> list[EnrollmentSummary]:
    """A person's enrollments, in all courses or in one, as ORDERS says."""
    columns, after = ORDERS[order]
    key = {f"after_{place}": value for place, value in enumerate(window.after or ())}
    return await fetch_all(
        db,
        EnrollmentSummary,
        f"""
        SELECT {_SUMMARY} WHERE {_of_person(course_id)} {f"AND {after}" if key else ""}
        ORDER BY {columns} LIMIT %(limit)s OFFSET %(offset)s
        """,
        user_id=user_id,
        course_id=course_id,
        now=now,
        **window.bound(),
        **key,
    )


async def count_enrollments(db: Connection, *, user_id: UUID, course_id: UUID | None = None) -> int:
    """How many there are, up to one more than the cap."""
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM enrollments WHERE {_of_person(course_id)} LIMIT %(cap)s) AS capped",
        user_id=user_id,
        course_id=course_id,
        cap=TOTAL_CAP + 1,
    )


def _of_person(course_id: UUID | None) -> str:
    in_course = "" if course_id is None else " AND enrollments.course_id = %(course_id)s"
    return f"enrollments.user_id = %(user_id)s{in_course}"


async def list_enrollment_counts(db: Connection, *, since: datetime, now: datetime) -> list[EnrollmentCount]:
    """How many people may learn each course, where anyone's access began, ended or came back since then."""
    return await fetch_all(
        db,
        EnrollmentCount,
        f"""
        WITH changed AS (
            SELECT enrollment_id FROM access_grants WHERE coalesce(changed_at, granted_at) >= %(since)s
            UNION
            SELECT enrollment_id FROM access_grants WHERE valid_until >= %(since)s AND valid_until <= %(now)s
        )
        SELECT course_id, count(*) FILTER (WHERE {IS_OPEN}) AS enrollment_count FROM enrollments
        WHERE course_id IN (SELECT course_id FROM enrollments JOIN changed ON enrollment_id = enrollments.id)
        GROUP BY course_id
        """,
        since=since,
        now=now,
    )
