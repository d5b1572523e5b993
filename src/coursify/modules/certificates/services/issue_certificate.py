"""A completed course gets its certificate, exactly once, and the learner an email while it is news."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.certificates import emails
from coursify.modules.certificates.models import STATUS_BITS, Certificate
from coursify.modules.certificates.queries import certificates
from coursify.modules.notifications.services.notify import notify

# Who completed a course before there were certificates gets no email about it.
NEWS = timedelta(days=1)
# At most every second bit of a list is taken, so more than a few tries are never needed.
MAX_TRIES = 50


async def issue_certificate(db: Connection, *, enrollment_id: UUID, now: datetime) -> Certificate | None:
    """The certificate, new or from before; None when the course is not completed or the learner is erased."""
    for _ in range(MAX_TRIES):
        if found := await certificates.find_certificate(db, enrollment_id):
            return found
        bit = secrets.randbelow(STATUS_BITS)
        if await certificates.insert_certificate(db, enrollment_id=enrollment_id, status_index=bit):
            issued = await certificates.find_certificate(db, enrollment_id)
            if issued and issued.issued_at > now - NEWS:
                await emails.post_certificate(db, certificate=issued, now=now)
                await notify(
                    db,
                    user_id=issued.user_id,
                    kind="certificate_issued",
                    subject_id=issued.enrollment_id,
                    course_id=issued.course_id,
                    now=now,
                )
            return issued
        if not await certificates.is_issuable(db, enrollment_id):
            return None
    raise AssertionError("a status list has free bits")
