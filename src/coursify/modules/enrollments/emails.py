"""The email about a new enrollment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.resources import CoreResources
from coursify.modules.enrollments.models import Grant
from coursify.modules.enrollments.queries import grants

ENROLLMENT = "enrollment"


async def post_enrollment(db: Connection, *, grant: Grant, user_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=ENROLLMENT, subject_id=grant.id, user_id=user_id, now=now)


async def compose_enrollment(db: Connection, resources: CoreResources, grant_id: UUID) -> Email | None:
    """None when access has ended again, or the account is erased."""
    facts = await grants.find_enrollment_email(db, grant_id)
    if facts is None or facts.email is None or facts.name is None or facts.revoked_at is not None:
        return None
    text, html = mail.render_email(
        "enrollment",
        name=facts.name,
        course_title=facts.course_title,
        course_url=f"{resources.settings.app.public_url}/api/v1/courses/{facts.course_slug}",
    )
    return Email(
        to=facts.email, to_name=facts.name, subject=f"You are enrolled in {facts.course_title}", text=text, html=html
    )
