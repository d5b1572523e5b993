"""The words of the list in the application: a title, a sentence, and what the row leads to. Pure."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from coursify.modules.notifications.models import Notification, NotificationKind

TargetType = Literal["course", "refund", "review", "enrollment"]

_TEXTS: dict[NotificationKind, tuple[str, str]] = {
    "course_approved": ("Course approved", "Your course “{course}” is published."),
    "course_rejected": ("Course rejected", "Your course “{course}” was not approved. Open it to read the reason."),
    "sale_suspended": ("Course taken off sale", "“{course}” is off sale. Open it to read the reason."),
    "sale_resumed": ("Course on sale again", "“{course}” is on sale again."),
    "refund_succeeded": ("Refund paid", "Your refund was paid."),
    "refund_failed": ("Refund failed", "Your refund could not be paid. We are looking into it."),
    "review_answered": ("Answer to your review", "The instructor answered your review of “{course}”."),
    "review_hidden": ("Review hidden", "Your review of “{course}” was hidden. The reason is in your email."),
    "review_restored": ("Review visible again", "Your review of “{course}” is visible again."),
    "certificate_issued": ("Certificate", "You completed “{course}”. Your certificate is ready."),
    "new_lessons": ("New lessons", "“{course}” has new lessons."),
}
_TARGETS: dict[NotificationKind, TargetType] = {
    "refund_succeeded": "refund",
    "refund_failed": "refund",
    "review_answered": "review",
    "review_hidden": "review",
    "review_restored": "review",
    "certificate_issued": "enrollment",
}


def title_of(notification: Notification) -> str:
    return _TEXTS[notification.kind][0]


def body_of(notification: Notification) -> str:
    return _TEXTS[notification.kind][1].format(course=notification.course_title or "a course")


def target_of(notification: Notification) -> tuple[TargetType, UUID]:
    """What to open; a row without a target of its own leads to the course."""
    target = _TARGETS.get(notification.kind)
    if target is None and notification.course_id is not None:
        return "course", notification.course_id
    return target or "course", notification.subject_id
