"""The SQL of certificates; whether one is revoked follows from the grants of its enrollment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional, fetch_value, fetch_values, find_value
from coursify.modules.certificates.models import Certificate

_IS_REVOKED = """(
    certificates.erased_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM access_grants WHERE access_grants.enrollment_id = certificates.enrollment_id AND revoked_at IS NULL)
)"""
_CERTIFICATE = f"""
    enrollment_id, code, user_id, course_id, learner_name, course_title, course_language, instructor_name, issued_at,
    CASE WHEN {_IS_REVOKED} THEN coalesce(erased_at, (
        SELECT max(revoked_at) FROM access_grants WHERE access_grants.enrollment_id = certificates.enrollment_id
    ), issued_at) END AS revoked_at, status_list, status_index
"""
_IS_ISSUABLE = "enrollments.certificate_code IS NOT NULL AND enrollments.completed_at IS NOT NULL"


async def find_certificate(db: Connection, enrollment_id: UUID) -> Certificate | None:
    return await fetch_optional(
        db,
        Certificate,
        f"SELECT {_CERTIFICATE} FROM certificates WHERE enrollment_id = %(enrollment_id)s",
        enrollment_id=enrollment_id,
    )


async def find_certificate_by_code(db: Connection, code: str) -> Certificate | None:
    return await fetch_optional(
        db, Certificate, f"SELECT {_CERTIFICATE} FROM certificates WHERE code = %(code)s", code=code
    )


async def find_completed_enrollment(db: Connection, code: str) -> UUID | None:
    """The enrollment with this code; its certificate may not be issued yet."""
    return await find_value(
        db, UUID, f"SELECT id FROM enrollments WHERE certificate_code = %(code)s AND {_IS_ISSUABLE}", code=code
    )


async def is_issuable(db: Connection, enrollment_id: UUID) -> bool:
    """Whether the course is completed and the learner is not erased."""
    return await fetch_value(
        db,
        bool,
        f"""
        SELECT EXISTS (
            SELECT FROM enrollments JOIN users ON users.id = user_id
            WHERE enrollments.id = %(enrollment_id)s AND {_IS_ISSUABLE} AND users.name IS NOT NULL)
        """,
        enrollment_id=enrollment_id,
    )


async def insert_certificate(db: Connection, *, enrollment_id: UUID, status_index: int) -> bool:
    """False when there is one already, or another certificate of the list has this bit."""
    return bool(
        await execute(
            db,
            f"""
            INSERT INTO certificates (enrollment_id, code, user_id, course_id, instructor_id, learner_name,
                                      course_title, course_language, instructor_name, issued_at, status_index)
            SELECT enrollments.id, certificate_code, learner.id, courses.id, instructor.id, learner.name,
                   courses.title, courses.language, instructor.name, completed_at, %(status_index)s
            FROM enrollments JOIN courses ON courses.id = course_id
            JOIN users AS learner ON learner.id = user_id JOIN users AS instructor ON instructor.id = instructor_id
            WHERE enrollments.id = %(enrollment_id)s AND {_IS_ISSUABLE} AND learner.name IS NOT NULL
            ON CONFLICT DO NOTHING
            """,
            enrollment_id=enrollment_id,
            status_index=status_index,
        )
    )


async def list_without_certificate(db: Connection, *, course_id: UUID, limit: int) -> list[UUID]:
    """Enrollments of a course that are completed and have no certificate yet."""
    return await fetch_values(
        db,
        UUID,
        f"""
        SELECT enrollments.id FROM enrollments JOIN users ON users.id = user_id
        WHERE enrollments.course_id = %(course_id)s AND {_IS_ISSUABLE} AND users.name IS NOT NULL
          AND NOT EXISTS (SELECT FROM certificates WHERE enrollment_id = enrollments.id)
        ORDER BY enrollments.id LIMIT %(limit)s
        """,
        course_id=course_id,
        limit=limit,
    )


async def list_overdue(db: Connection, *, before: datetime, limit: int) -> list[UUID]:
    """Enrollments that were completed before then and have no certificate yet."""
    return await fetch_values(
        db,
        UUID,
        f"""
        SELECT enrollments.id FROM enrollments JOIN users ON users.id = user_id
        WHERE {_IS_ISSUABLE} AND completed_at < %(before)s AND users.name IS NOT NULL
          AND NOT EXISTS (SELECT FROM certificates WHERE enrollment_id = enrollments.id)
        LIMIT %(limit)s
        """,
        before=before,
        limit=limit,
    )


async def has_status_list(db: Connection, status_list: int) -> bool:
    """The first list is there before its first certificate."""
    return await fetch_value(
        db,
        bool,
        """
        SELECT %(status_list)s::bigint = 0
            OR EXISTS (SELECT FROM certificates WHERE status_list = %(status_list)s::bigint)
        """,
        status_list=status_list,
    )


async def list_revoked_bits(db: Connection, status_list: int) -> list[int]:
    return await fetch_values(
        db,
        int,
        f"SELECT status_index FROM certificates WHERE status_list = %(status_list)s::bigint AND {_IS_REVOKED}",
        status_list=status_list,
    )


async def clear_learner(db: Connection, user_id: UUID, *, now: datetime) -> int:
    """An erased learner's certificates stay as revoked codes without a name."""
    return await execute(
        db,
        """
        UPDATE certificates SET learner_name = NULL, erased_at = coalesce(erased_at, %(now)s)
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
        now=now,
    )


async def clear_instructor(db: Connection, user_id: UUID) -> int:
    """The certificates of an erased instructor's learners stay valid, without the instructor's name."""
    return await execute(
        db, "UPDATE certificates SET instructor_name = NULL WHERE instructor_id = %(user_id)s", user_id=user_id
    )
