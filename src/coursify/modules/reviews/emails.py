"""The emails about reviews: to their authors, and to those who reported them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.page_urls import page_url
from coursify.core.resources import CoreResources
from coursify.modules.notifications.services.compose_news import compose_news
from coursify.modules.reviews.models import DecisionEmail, Report
from coursify.modules.reviews.queries import moderation, reviews

REVIEW_ANSWERED = "review_answered"
REVIEW_HIDDEN = "review_hidden"
REVIEW_RESTORED = "review_restored"
REPORT_DECIDED = "review_report_decided"


async def post_review_answered(db: Connection, *, review_id: UUID, author_id: UUID, now: datetime) -> None:
    """Once for a review: a corrected answer is no news."""
    await mail.enqueue_email(db, kind=REVIEW_ANSWERED, subject_id=review_id, user_id=author_id, now=now)


async def post_review_hidden(db: Connection, *, decision_id: UUID, author_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=REVIEW_HIDDEN, subject_id=decision_id, user_id=author_id, now=now)


async def post_review_restored(db: Connection, *, decision_id: UUID, author_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=REVIEW_RESTORED, subject_id=decision_id, user_id=author_id, now=now)


async def post_report_decided(db: Connection, *, report: Report, now: datetime) -> None:
    await mail.enqueue_email(db, kind=REPORT_DECIDED, subject_id=report.id, user_id=report.reporter_id, now=now)


async def compose_review_answered(db: Connection, resources: CoreResources, review_id: UUID) -> Email | None:
    """News of one's courses. None when the review is deleted or hidden, or the answer is gone."""
    facts = await reviews.find_answer_email(db, review_id)
    if facts is None:
        return None
    return await compose_news(
        db,
        resources,
        user_id=facts.author_id,
        kind="course_news",
        template=REVIEW_ANSWERED,
        subject=f"An answer to your review of {facts.course_title}",
        course_title=facts.course_title,
        answer=facts.answer,
        review_url=page_url(resources.settings.app, f"reviews/{review_id}"),
    )


async def compose_review_hidden(db: Connection, resources: CoreResources, decision_id: UUID) -> Email | None:
    """With the admin's reason. None when the review is deleted, or its author erased."""
    facts = await moderation.find_decision_email(db, decision_id)
    return _to_author(resources, facts, REVIEW_HIDDEN, "Your review of {} was hidden")


async def compose_review_restored(db: Connection, resources: CoreResources, decision_id: UUID) -> Email | None:
    facts = await moderation.find_decision_email(db, decision_id)
    return _to_author(resources, facts, REVIEW_RESTORED, "Your review of {} is visible again")


async def compose_report_decided(db: Connection, _resources: CoreResources, report_id: UUID) -> Email | None:
    """Whether the review was hidden; nothing about its author."""
    facts = await moderation.find_report_email(db, report_id)
    if facts is None or facts.email is None or facts.name is None:
        return None
    is_hidden = facts.decision == "hide"
    text, html = mail.render_email(
        REPORT_DECIDED, name=facts.name, course_title=facts.course_title, is_hidden=is_hidden
    )
    subject = f"The review that you reported {'was hidden' if is_hidden else 'stays visible'}"
    return Email(to=facts.email, to_name=facts.name, subject=subject, text=text, html=html)


def _to_author(resources: CoreResources, facts: DecisionEmail | None, template: str, subject: str) -> Email | None:
    if facts is None or facts.email is None or facts.name is None:
        return None
    text, html = mail.render_email(
        template,
        name=facts.name,
        course_title=facts.course_title,
        reason=facts.reason,
        review_url=page_url(resources.settings.app, f"reviews/{facts.review_id}"),
    )
    subject = subject.format(facts.course_title)
    return Email(to=facts.email, to_name=facts.name, subject=subject, text=text, html=html)
