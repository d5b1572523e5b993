"""Notices as rows, and what is always true of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from coursify.modules.notices.tokens import Side

SubjectType = Literal["course", "lesson", "review"]
NoticeReason = Literal[
    "illegal_content",
    "child_abuse",
    "hate_speech",
    "violence",
    "fraud",
    "defamation",
    "copyright",
    "privacy",
    "personal_data",
    "abuse",
    "spam",
    "off_topic",
    "objection",
    "other",
]
NoticeStatus = Literal["open", "decided", "appealed", "closed"]
Decision = Literal["no_action", "hide_review", "restore_review", "suspend_sale", "resume_sale"]
Ground = Literal["law", "terms"]

DECISIONS: dict[SubjectType, frozenset[Decision]] = {
    "course": frozenset({"no_action", "suspend_sale", "resume_sale"}),
    "lesson": frozenset({"no_action", "suspend_sale", "resume_sale"}),
    "review": frozenset({"no_action", "hide_review", "restore_review"}),
}
# Article 20: six months.
APPEAL_TERM = timedelta(days=184)
# Contact and words are deleted a year after the last decision, when the term for an appeal is over.
WORDS_KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, and whom it affects."""

    type: SubjectType
    id: UUID
    course_id: UUID
    affected_id: UUID


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody writes in a notice."""

    subject_type: SubjectType
    subject_id: UUID
    reason: NoticeReason
    explanation: str
    is_good_faith: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an admin decides; `statement` goes to both sides."""

    decision: Decision
    ground: Ground
    statement: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice with its decisions, the first one first; `contact` is sealed. The words of an erased person are gone."""

    id: UUID
    reference: str
    subject_type: SubjectType
    subject_id: UUID
    course_id: UUID
    course_title: str
    affected_id: UUID
    notifier_id: UUID | None
    contact: bytes | None
    reason: NoticeReason
    explanation: str | None
    is_good_faith: bool | None
    status: NoticeStatus
    created_at: datetime
    decided_at: datetime | None
    appealed_by: Side | None
    appeal: str | None
    appealed_at: datetime | None
    decisions: list[dict[str, Any]]

    @property
    def waits(self) -> bool:
        """Whether an admin has to decide."""
        return self.status in {"open", "appealed"}

    @property
    def appealable_until(self) -> datetime | None:
        """None while there is nothing to appeal against, and after an appeal."""
        return self.decided_at + APPEAL_TERM if self.decided_at and self.status == "decided" else None


@dataclass(frozen=True, slots=True)
class NoticeEmail:
    """What the emails about a notice say, and to whom; `decision` and what follows are None before one."""

    notice_id: UUID
    reference: str
    subject_type: SubjectType
    course_title: str
    reason: NoticeReason
    contact: bytes | None
    notifier_email: str | None
    notifier_name: str | None
    affected_email: str | None
    affected_name: str | None
    is_one_person: bool
    appealed_by: Side | None
    decision: Decision | None
    ground: Ground | None
    statement: str | None
    is_about_appeal: bool
