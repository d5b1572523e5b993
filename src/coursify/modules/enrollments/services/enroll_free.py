"""Enrolls a person in a free course."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from coursify.core.database import Connection
from coursify.modules.enrollments.errors import AlreadyEnrolled
from coursify.modules.enrollments.models import Enrollment
from coursify.modules.enrollments.queries import enrollments, grants
from coursify.modules.enrollments.services.grant_access import grant_access


async def enroll_free(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> Enrollment:
    """Grant a free place; the caller has checked the price under the course's lock. Raises AlreadyEnrolled."""
    enrollment_id = await grants.ensure_enrollment(db, user_id=user_id, course_id=course_id, now=now)
    await enrollments.lock_enrollment(db, enrollment_id)
    enrollment = await enrollments.get_enrollment(db, enrollment_id, now=now)
    if enrollment.is_open:
        raise AlreadyEnrolled
    await grant_access(db, user_id=user_id, course_id=course_id, source_type="free", source_id=uuid4(), now=now)
    return await enrollments.get_enrollment(db, enrollment_id, now=now)
