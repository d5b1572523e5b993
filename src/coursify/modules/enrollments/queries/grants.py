"""The SQL of grants: whether access is open is decided by the moment that is handed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import (
    Connection,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_value,
    fetch_values,
)
from coursify.modules.enrollments.models import (
    Access,
    EnrollmentEmail,
    Grant,
    GrantSource,
    LinePlace,
)
from coursify.modules.enrollments.queries.conditions import IS_EXPIRED, IS_OPEN

_GRANT = "id, enrollment_id, source_type, source_id, granted_at, valid_until, revoked_at, reason"


async def ensure_enrollment(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> UUID:
    """The one row of this person and course, made now if there was none; its id."""
    return await fetch_value(
        db,
        UUID,
        """
        INSERT INTO enrollments (user_id, course_id, enrolled_at) VALUES (%(user_id)s, %(course_id)s, %(now)s)
        ON CONFLICT (user_id, course_id) DO UPDATE SET user_id = EXCLUDED.user_id
        RETURNING id
        """,
        user_id=user_id,
        course_id=course_id,
        now=now,
    )


async def insert_grant(
    db: Connection, *, enrollment_id: UUID, source_type: GrantSource, source_id: UUID, now: datetime
) -> Grant:
    """A source has one grant at most."""
    return await fetch_one(
        db,
        Grant,
        f"""
        INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
        VALUES (%(enrollment_id)s, %(source_type)s, %(source_id)s, %(now)s)
        RETURNING {_GRANT}
        """,
        enrollment_id=enrollment_id,
        source_type=source_type,
        source_id=source_id,
        now=now,
    )


async def close_grant(
    db: Connection, *, source_type: GrantSource, source_id: UUID, reason: str, now: datetime
) -> Grant | None:
    """Revoke a grant, or note the reason why it stays revoked; None when that is known already."""
    return await fetch_optional(
        db,
        Grant,
        f"""
        UPDATE access_grants
        SET revoked_at = coalesce(revoked_at, %(now)s), reason = %(reason)s, changed_at = %(now)s
        WHERE source_type = %(source_type)s AND source_id = %(source_id)s
          AND (revoked_at IS NULL OR reason IS DISTINCT FROM %(reason)s)
        RETURNING {_GRANT}
        """,
        source_type=source_type,
        source_id=source_id,
        reason=reason,
        now=now,
    )


async def reopen_grant(db: Connection, *, source_type: GrantSource, source_id: UUID, now: datetime) -> Grant | None:
    """Take a revocation back; None when the grant lives or never was.

    The enrollment's row is locked, so of two sources at once the second one sees the first.
    """
    return await fetch_optional(
        db,
        Grant,
        """
        WITH place AS (
            SELECT enrollments.id FROM enrollments JOIN access_grants ON enrollment_id = enrollments.id
            WHERE source_type = %(source_type)s AND source_id = %(source_id)s AND revoked_at IS NOT NULL
            FOR NO KEY UPDATE OF enrollments
        )
        UPDATE access_grants SET revoked_at = NULL, reason = NULL, changed_at = %(now)s FROM place
        WHERE enrollment_id = place.id AND source_type = %(source_type)s AND source_id = %(source_id)s
          AND revoked_at IS NOT NULL
        RETURNING access_grants.id, enrollment_id, source_type, source_id, granted_at, valid_until, revoked_at, reason
        """,
        source_type=source_type,
        source_id=source_id,
        now=now,
    )


async def list_grants(db: Connection, *, user_id: UUID, course_id: UUID) -> list[Grant]:
    """Every grant there ever was, oldest first."""
    return await fetch_all(
        db,
        Grant,
        f"""
        SELECT {_GRANT} FROM access_grants
        WHERE enrollment_id = (SELECT id FROM enrollments WHERE user_id = %(user_id)s AND course_id = %(course_id)s)
        ORDER BY granted_at, id
        """,
        user_id=user_id,
        course_id=course_id,
    )


async def list_enrollment_ids_of_lines(db: Connection, order_line_ids: list[UUID]) -> list[LinePlace]:
    """Which enrollment each of these order lines opened, whatever became of the access since."""
    return await fetch_all(
        db,
        LinePlace,
        """
        SELECT source_id AS order_line_id, enrollment_id FROM access_grants
        WHERE source_type = 'order_line' AND source_id = ANY(%(order_line_ids)s)
        """,
        order_line_ids=order_line_ids,
    )


async def list_grants_of_lines(db: Connection, order_line_ids: list[UUID]) -> list[Grant]:
    """What these order lines opened, oldest first."""
    return await fetch_all(
        db,
        Grant,
        f"""
        SELECT {_GRANT} FROM access_grants
        WHERE source_type = 'order_line' AND source_id = ANY(%(order_line_ids)s) ORDER BY granted_at, id
        """,
        order_line_ids=order_line_ids,
    )


async def find_access(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> Access | None:
    """Whether this person may learn this course now; None when they never were enrolled."""
    return await fetch_optional(
        db,
        Access,
        f"""
        SELECT enrollments.id AS enrollment_id, {IS_OPEN} AS is_open, {IS_EXPIRED} AS is_expired
        FROM enrollments WHERE enrollments.user_id = %(user_id)s AND enrollments.course_id = %(course_id)s
        """,
        user_id=user_id,
        course_id=course_id,
        now=now,
    )


async def list_open_course_ids(db: Connection, *, user_id: UUID, course_ids: list[UUID], now: datetime) -> list[UUID]:
    """Which of these courses this person may learn already."""
    return await fetch_values(
        db,
        UUID,
        f"""
        SELECT enrollments.course_id FROM enrollments
        WHERE enrollments.user_id = %(user_id)s AND enrollments.course_id = ANY(%(course_ids)s) AND {IS_OPEN}
        """,
        user_id=user_id,
        course_ids=course_ids,
        now=now,
    )


async def list_sources_bought_twice(db: Connection, source_ids: list[UUID]) -> list[UUID]:
    """Which of these order lines keep a course open that another order line keeps open too."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT source_id FROM access_grants AS own
        WHERE source_type = 'order_line' AND source_id = ANY(%(source_ids)s) AND revoked_at IS NULL
          AND EXISTS (SELECT FROM access_grants AS other
                      WHERE other.enrollment_id = own.enrollment_id AND other.source_type = 'order_line'
                        AND other.revoked_at IS NULL AND other.id <> own.id)
        """,
        source_ids=source_ids,
    )


async def find_enrollment_email(db: Connection, grant_id: UUID) -> EnrollmentEmail | None:
    return await fetch_optional(
        db,
        EnrollmentEmail,
        """
        SELECT users.email, users.name, courses.title AS course_title, courses.slug AS course_slug,
               access_grants.revoked_at
        FROM access_grants JOIN enrollments ON enrollments.id = access_grants.enrollment_id
        JOIN users ON users.id = enrollments.user_id JOIN courses ON courses.id = enrollments.course_id
        WHERE access_grants.id = %(grant_id)s
        """,
        grant_id=grant_id,
    )
