"""Notices in the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from coursify.core.crypto import Sealer
from coursify.core.pagination import PageQuery
from coursify.core.schema import FilledProse, Input, Moment, Output
from coursify.modules.identity.schemas import Email
from coursify.modules.notices.models import (
    Complaint,
    Decision,
    Ground,
    Notice,
    NoticeReason,
    NoticeStatus,
    SubjectType,
    Verdict,
)
from coursify.modules.notices.sealing import Contact, open_contact
from coursify.modules.notices.tokens import Side
from coursify.modules.users.schemas import Name

Words = Annotated[FilledProse, Field(min_length=1, max_length=5_000)]
Token = Annotated[str, Field(min_length=1, max_length=200, description="from the email about the notice")]


class NoticeSubject(Input):
    type: SubjectType
    id: UUID


class NoticeContact(Input):
    email: Email
    name: Name | None = None


def _with_address(contact: Any) -> Any:
    """An address alone is a contact without a name. One schema is validated, so that errors name its fields."""
    return {"email": contact} if isinstance(contact, str) else contact


class NoticeCreate(Input):
    """`contact` (an address, or name and address) is for those who are not signed in; only notices about child abuse
    may come without. `goodFaith`: the sender believes in good faith that what they write is accurate and complete.
    """

    subject: NoticeSubject
    reason: NoticeReason
    text: Words
    contact: Annotated[
        NoticeContact | None,
        BeforeValidator(_with_address, json_schema_input_type=NoticeContact | Email | None),
    ] = None
    good_faith: Literal[True] | None = None

    def complaint(self) -> Complaint:
        return Complaint(self.subject.type, self.subject.id, self.reason, self.text, self.good_faith)

    def reach(self) -> Contact | None:
        return Contact(self.contact.email, self.contact.name) if self.contact else None


class NoticeAppeal(Input):
    """`token` is for those who are not signed in."""

    text: Words
    token: Token | None = None


class NoticeDecision(Input):
    """`statement` goes to both sides: what is the case, and why it is against the law or the terms, or is not."""

    decision: Decision
    statement: Words
    ground: Ground = "terms"

    def verdict(self) -> Verdict:
        return Verdict(self.decision, self.ground, self.statement)


class NoticeQuery(PageQuery):
    status: NoticeStatus | None = None


class NoticeToken(Input):
    token: Token | None = None


class SubjectOut(Output):
    type: SubjectType
    id: UUID
    course_id: UUID
    course_title: str

    @classmethod
    def of(cls, notice: Notice) -> SubjectOut:
        return cls(
            type=notice.subject_type,
            id=notice.subject_id,
            course_id=notice.course_id,
            course_title=notice.course_title,
        )


class DecidedOut(Output):
    decision: Decision
    ground: Ground
    statement: str
    decided_at: Moment


class NoticeOut(Output):
    """A notice as both sides see it; the second decision is about the appeal."""

    id: UUID
    reference: str
    status: NoticeStatus
    subject: SubjectOut
    reason: NoticeReason
    created_at: Moment
    decisions: list[DecidedOut]
    appealed_at: Moment | None
    appealable_until: Moment | None

    @classmethod
    def of(cls, notice: Notice) -> NoticeOut:
        return cls(
            id=notice.id,
            reference=notice.reference,
            status=notice.status,
            subject=SubjectOut.of(notice),
            reason=notice.reason,
            created_at=notice.created_at,
            decisions=[DecidedOut(**decision) for decision in notice.decisions],
            appealed_at=notice.appealed_at,
            appealable_until=notice.appealable_until,
        )


class ContactOut(Output):
    email: str
    name: str | None


class AdminDecisionOut(DecidedOut):
    decided_by: UUID


class AppealOut(Output):
    by: Side
    text: str | None
    appealed_at: Moment


class NoticeForAdmins(Output):
    """A notice with its words and both sides; words and contact are deleted a year after the last decision."""

    id: UUID
    reference: str
    status: NoticeStatus
    subject: SubjectOut
    reason: NoticeReason
    text: str | None
    good_faith: bool | None
    notifier_id: UUID | None
    contact: ContactOut | None
    affected_id: UUID
    created_at: Moment
    decisions: list[AdminDecisionOut]
    appeal: AppealOut | None

    @classmethod
    def of(cls, notice: Notice, sealer: Sealer) -> NoticeForAdmins:
        contact = open_contact(sealer, notice.id, notice.contact)
        return cls(
            id=notice.id,
            reference=notice.reference,
            status=notice.status,
            subject=SubjectOut.of(notice),
            reason=notice.reason,
            text=notice.explanation,
            good_faith=notice.is_good_faith,
            notifier_id=notice.notifier_id,
            contact=ContactOut(email=contact.email, name=contact.name) if contact else None,
            affected_id=notice.affected_id,
            created_at=notice.created_at,
            decisions=[AdminDecisionOut(**decision) for decision in notice.decisions],
            appeal=_appeal_of(notice),
        )


def _appeal_of(notice: Notice) -> AppealOut | None:
    if notice.appealed_by is None or notice.appealed_at is None:
        return None
    return AppealOut(by=notice.appealed_by, text=notice.appeal, appealed_at=notice.appealed_at)
