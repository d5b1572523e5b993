"""The emails to instructors about their courses: decisions of admins, and the sale."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.page_urls import page_url
from coursify.core.resources import CoreResources
from coursify.modules.courses.models.emails import DecisionEmail, SuspensionEmail
from coursify.modules.courses.queries import sales, snapshots

APPROVED = "course_approved"
REJECTED = "course_rejected"
SALE_SUSPENDED = "sale_suspended"
SALE_RESUMED = "sale_resumed"


async def post_approved(db: Connection, *, snapshot_id: UUID, instructor_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=APPROVED, subject_id=snapshot_id, user_id=instructor_id, now=now)


async def post_rejected(db: Connection, *, snapshot_id: UUID, instructor_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=REJECTED, subject_id=snapshot_id, user_id=instructor_id, now=now)


async def compose_approved(db: Connection, resources: CoreResources, snapshot_id: UUID) -> Email | None:
    """None when the course is not on sale any longer, or its instructor erased."""
    facts = await snapshots.find_decision_email(db, snapshot_id)
    return None if facts is None else _email(resources, facts, APPROVED, f"Your course {facts.course_title} is on sale")


async def compose_rejected(db: Connection, resources: CoreResources, snapshot_id: UUID) -> Email | None:
    """With the admin's reason. None when the course was submitted again, or its instructor erased."""
    facts = await snapshots.find_decision_email(db, snapshot_id)
    if facts is None:
        return None
    return _email(resources, facts, REJECTED, f"Your course {facts.course_title} was not approved yet")


async def post_sale_suspended(db: Connection, *, suspension_id: UUID, instructor_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=SALE_SUSPENDED, subject_id=suspension_id, user_id=instructor_id, now=now)


async def post_sale_resumed(db: Connection, *, suspension_id: UUID, instructor_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=SALE_RESUMED, subject_id=suspension_id, user_id=instructor_id, now=now)


async def compose_sale_suspended(db: Connection, resources: CoreResources, suspension_id: UUID) -> Email | None:
    """With the admin's reason. None when the course is deleted, or its instructor erased."""
    facts = await sales.find_suspension_email(db, suspension_id)
    if facts is None:
        return None
    return _email(resources, facts, SALE_SUSPENDED, f"Your course {facts.course_title} was taken off sale")


async def compose_sale_resumed(db: Connection, resources: CoreResources, suspension_id: UUID) -> Email | None:
    """None as well when the course is off sale for another reason."""
    facts = await sales.find_suspension_email(db, suspension_id)
    if facts is None or not facts.is_on_sale:
        return None
    return _email(resources, facts, SALE_RESUMED, f"Your course {facts.course_title} is on sale again")


def _email(
    resources: CoreResources, facts: SuspensionEmail | DecisionEmail, template: str, subject: str
) -> Email | None:
    if facts.email is None or facts.name is None:
        return None
    app = resources.settings.app
    # What has to be corrected is corrected on the pages of instructors.
    is_public = template in {APPROVED, SALE_RESUMED}
    url = page_url(app, f"courses/{facts.course_slug}") if is_public else f"{app.public_url}/teach/courses"
    text, html = mail.render_email(
        template,
        name=facts.name,
        course_title=facts.course_title,
        course_url=url,
        reason=facts.reason,
    )
    return Email(to=facts.email, to_name=facts.name, subject=subject, text=text, html=html)
