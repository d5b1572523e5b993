"""The emails about a new enrollment, and about new lessons in a course that one learns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.page_urls import page_url
from coursify.core.resources import CoreResources
from coursify.modules.enrollments.models import Grant
from coursify.modules.enrollments.queries import announcements, grants
from coursify.modules.notifications.queries import notifications
from coursify.modules.notifications.services.compose_news import compose_news

ENROLLMENT = "enrollment"
NEW_LESSONS = "new_lessons"
# Lessons that are older are no news: those of a course that never had an announcement.
NEWS = timedelta(days=14)


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
        course_url=page_url(resources.settings.app, f"courses/{facts.course_slug}"),
    )
    return Email(
        to=facts.email, to_name=facts.name, subject=f"You are enrolled in {facts.course_title}", text=text, html=html
    )


async def post_new_lessons(db: Connection, *, notification_id: UUID, user_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=NEW_LESSONS, subject_id=notification_id, user_id=user_id, now=now)


async def compose_new_lessons(db: Connection, resources: CoreResources, notification_id: UUID) -> Email | None:
    """News of one's courses. None when the course or all of the lessons were deleted, or access has ended."""
    told = await notifications.find_notification(db, notification_id)
    announcement = await announcements.find_announcement(db, told.subject_id) if told else None
    if told is None or announcement is None:
        return None
    access = await grants.find_access(
        db, user_id=told.user_id, course_id=announcement.course_id, now=datetime.now(UTC) + resources.database.offset()
    )
    after = max(announcement.lessons_after, announcement.lessons_until - NEWS)
    titles = await announcements.list_new_titles(
        db, course_id=announcement.course_id, after=after, until=announcement.lessons_until
    )
    if access is None or not access.is_open or not titles:
        return None
    return await compose_news(
        db,
        resources,
        user_id=told.user_id,
        kind="course_news",
        template=NEW_LESSONS,
        subject=f"New in {announcement.course_title}",
        course_title=announcement.course_title,
        course_url=page_url(resources.settings.app, f"courses/{announcement.course_slug}"),
        titles=titles,
    )
