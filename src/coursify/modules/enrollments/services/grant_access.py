"""Grants access for a reason, once, and emails the learner."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.enrollments import emails
from coursify.modules.enrollments.models import Grant, GrantSource
from coursify.modules.enrollments.queries import grants


async def grant_access(
    db: Connection,
    *,
    user_id: UUID,
    course_id: UUID,
    source_type: GrantSource,
    source_id: UUID,
    now: datetime,
    unless_open: bool = False,
) -> Grant | None:
    """Open the course for this source, once; with `unless_open`, None when another grant keeps it open already.

    The enrollment's row is locked, so of two sources at once the second one sees the first.
    """
    enrollment_id = await grants.ensure_enrollment(db, user_id=user_id, course_id=course_id, now=now)
    if unless_open:
        access = await grants.find_access(db, user_id=user_id, course_id=course_id, now=now)
        if access and access.is_open:
            return None
    grant = await grants.insert_grant(
        db, enrollment_id=enrollment_id, source_type=source_type, source_id=source_id, now=now
    )
    await audit.record(
        db,
        # The system grants the access, not the person who pays or receives it.
        actor_id=user_id if source_type == "free" else None,
        action="grant.open",
        target_type="grant",
        target_id=grant.id,
        details={"source": source_type, "sourceId": str(source_id), "courseId": str(course_id)},
    )
    await emails.post_enrollment(db, grant=grant, user_id=user_id, now=now)
    return grant
