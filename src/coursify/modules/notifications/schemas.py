"""The requests and responses about notifications."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from coursify.core.pagination import PageQuery
from coursify.core.schema import Envelope, Flag, Input, Meta, Moment, Omittable, Output
from coursify.modules.notifications import texts
from coursify.modules.notifications.models import Notification, NotificationKind, Preferences


class PreferencesUpdate(Input):
    """An absent field stays as it is."""

    course_news: Omittable[Flag]
    digest: Omittable[Flag]


class PreferencesOut(Output):
    """Which emails you get. Receipts, refunds, links, security and decisions are always sent."""

    course_news: bool = Field(description="new lessons, answers to your reviews, certificates")
    digest: bool = Field(description="once a week: new lessons to learn, and what your own courses sold")

    @classmethod
    def of(cls, preferences: Preferences) -> PreferencesOut:
        return cls.model_validate(preferences)


class NotificationQuery(PageQuery):
    """`unread=true` leaves out what is read."""

    unread: Literal["true", "false"] | None = None

    @property
    def is_unread(self) -> bool:
        return self.unread == "true"


class NotificationTarget(Output):
    """What the notification leads to."""

    type: texts.TargetType
    id: UUID


class NotificationOut(Output):
    """`title` and `body` are in English and made when they are read; decide by `kind`."""

    id: UUID
    kind: NotificationKind
    title: str
    body: str
    target: NotificationTarget
    course_id: UUID | None
    created_at: Moment
    read_at: Moment | None

    @classmethod
    def of(cls, notification: Notification) -> NotificationOut:
        kind, target_id = texts.target_of(notification)
        return cls(
            id=notification.id,
            kind=notification.kind,
            title=texts.title_of(notification),
            body=texts.body_of(notification),
            target=NotificationTarget(type=kind, id=target_id),
            course_id=notification.course_id,
            created_at=notification.created_at,
            read_at=notification.read_at,
        )


class NotificationMeta(Meta):
    """`unread` counts up to 10,000."""

    unread: int


class NotificationPage(Envelope[list[NotificationOut]]):
    """One page of the list, and how many are unread."""

    meta: NotificationMeta


class ReadOut(Output):
    """How many were unread."""

    marked: int
