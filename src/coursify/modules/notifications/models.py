"""Kinds of news, a person's choice among them, and the rows of the list in the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

# The order is part of the unsubscribe links: a new kind comes last.
NewsKind = Literal["course_news", "digest"]
NEWS_KINDS: tuple[NewsKind, ...] = get_args(NewsKind)

SuppressionReason = Literal["bounce", "complaint"]

NotificationKind = Literal[
    "course_approved",
    "course_rejected",
    "sale_suspended",
    "sale_resumed",
    "refund_succeeded",
    "refund_failed",
    "review_answered",
    "review_hidden",
    "review_restored",
    "certificate_issued",
    "new_lessons",
]

NOTIFICATIONS_KEPT = timedelta(days=180)
# A mailbox that bounced may exist again; a complaint is never forgotten.
BOUNCES_KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Preferences:
    """`link_version` is in every unsubscribe link: a link of an earlier version is invalid."""

    course_news: bool = True
    digest: bool = False
    link_version: int = 1

    def wants(self, kind: NewsKind) -> bool:
        return self.digest if kind == "digest" else self.course_news


DEFAULTS = Preferences()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A new notification, and whose it is."""

    id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Notification:
    """`course_title` is the title now; None without a course."""

    id: UUID
    user_id: UUID
    kind: NotificationKind
    subject_id: UUID
    course_id: UUID | None
    course_title: str | None
    created_at: datetime
    read_at: datetime | None
