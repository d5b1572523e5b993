"""The emails about notices: a receipt, the statement of reasons to both sides, the receipt of an appeal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.page_urls import page_url
from coursify.core.resources import CoreResources
from coursify.modules.notices import queries
from coursify.modules.notices.models import Decision, Ground, Notice, NoticeEmail, SubjectType
from coursify.modules.notices.sealing import open_contact
from coursify.modules.notices.tokens import Side, side_token

NOTICE_RECEIVED = "notice_received"
NOTICE_DECIDED = "notice_decided"
STATEMENT_OF_REASONS = "statement_of_reasons"
APPEAL_RECEIVED = "notice_appeal_received"

_OUTCOMES: dict[Decision, str] = {
    "no_action": "no action was taken",
    "hide_review": "the review was hidden",
    "restore_review": "the review is visible again",
    "suspend_sale": "the course was taken off sale",
    "resume_sale": "the course is on sale again",
}
_GROUNDS: dict[Ground, str] = {"law": "the law", "terms": "our terms of use"}
_SUBJECTS: dict[SubjectType, str] = {
    "course": "your course {}",
    "lesson": "a lesson of your course {}",
    "review": "your review of {}",
}


async def post_received(db: Connection, *, notice: Notice, now: datetime) -> None:
    """Nobody gets it who sent the notice without an address."""
    if notice.notifier_id or notice.contact:
        await mail.enqueue_email(db, kind=NOTICE_RECEIVED, subject_id=notice.id, user_id=notice.notifier_id, now=now)


async def post_decided(db: Connection, *, notice: Notice, decision_id: UUID, now: datetime) -> None:
    """One to each side; someone who is both gets one."""
    await mail.enqueue_email(db, kind=STATEMENT_OF_REASONS, subject_id=decision_id, user_id=notice.affected_id, now=now)
    has_address = notice.notifier_id is not None or notice.contact is not None
    if has_address and notice.notifier_id != notice.affected_id:
        await mail.enqueue_email(db, kind=NOTICE_DECIDED, subject_id=decision_id, user_id=notice.notifier_id, now=now)


async def post_appealed(db: Connection, *, notice: Notice, side: Side, now: datetime) -> None:
    """To the side that appealed."""
    user_id = notice.affected_id if side == "affected" else notice.notifier_id
    if side == "affected" or notice.notifier_id or notice.contact:
        await mail.enqueue_email(db, kind=APPEAL_RECEIVED, subject_id=notice.id, user_id=user_id, now=now)


async def compose_received(db: Connection, resources: CoreResources, notice_id: UUID) -> Email | None:
    """Without a word of the notice: the address may be someone else's."""
    facts = await queries.find_notice_email(db, notice_id)
    if facts is None:
        return None
    return _email(resources, facts, "notifier", NOTICE_RECEIVED, f"We received your notice {facts.reference}")


async def compose_appeal_received(db: Connection, resources: CoreResources, notice_id: UUID) -> Email | None:
    facts = await queries.find_notice_email(db, notice_id)
    if facts is None or facts.appealed_by is None:
        return None
    subject = f"We received your appeal about notice {facts.reference}"
    return _email(resources, facts, facts.appealed_by, APPEAL_RECEIVED, subject)


async def compose_decided(db: Connection, resources: CoreResources, decision_id: UUID) -> Email | None:
    """To the notifier."""
    facts = await queries.find_decision_email(db, decision_id)
    if facts is None:
        return None
    about = "The appeal about notice" if facts.is_about_appeal else "Your notice"
    subject = f"{about} {facts.reference}: {_outcome(facts)}"
    return _email(resources, facts, "notifier", NOTICE_DECIDED, subject)


async def compose_statement(db: Connection, resources: CoreResources, decision_id: UUID) -> Email | None:
    """To the affected person: facts, ground, no automated means, how to appeal (article 17)."""
    facts = await queries.find_decision_email(db, decision_id)
    if facts is None:
        return None
    about = "The appeal" if facts.is_about_appeal else "A notice"
    subject = f"{about} about {_SUBJECTS[facts.subject_type].format(facts.course_title)}: {_outcome(facts)}"
    return _email(resources, facts, "affected", STATEMENT_OF_REASONS, subject)


def _outcome(facts: NoticeEmail) -> str:
    if facts.decision is None:
        return ""
    if facts.is_about_appeal and facts.decision == "no_action":
        return "the first decision stays"
    return _OUTCOMES[facts.decision]


def _email(resources: CoreResources, facts: NoticeEmail, side: Side, template: str, subject: str) -> Email | None:
    """None for someone who is erased, or left no address."""
    address, name = _recipient(resources, facts, side)
    if address is None:
        return None
    token = side_token(resources.settings.keys.server_key, facts.notice_id, side)
    text, html = mail.render_email(
        template,
        name=name,
        reference=facts.reference,
        subject_type=facts.subject_type,
        course_title=facts.course_title,
        outcome=_outcome(facts),
        ground=facts.ground and _GROUNDS[facts.ground],
        statement=facts.statement,
        is_about_appeal=facts.is_about_appeal,
        notice_url=page_url(resources.settings.app, f"notices/{facts.reference}?token={token}"),
    )
    return Email(to=address, to_name=name or "", subject=subject, text=text, html=html)


def _recipient(resources: CoreResources, facts: NoticeEmail, side: Side) -> tuple[str | None, str | None]:
    """The name that someone without an account gave is in no email: it may be an advertisement."""
    if side == "affected":
        return facts.affected_email, facts.affected_name
    if facts.notifier_email:
        return facts.notifier_email, facts.notifier_name
    contact = open_contact(resources.sealer, facts.notice_id, facts.contact)
    return (contact.email, None) if contact else (None, None)
