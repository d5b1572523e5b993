"""What the emails about decisions of admins say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SuspensionEmail:
    """What the emails about a suspended sale say, and to whom."""

    email: str | None
    name: str | None
    course_title: str
    course_slug: str
    reason: str
    is_on_sale: bool


@dataclass(frozen=True, slots=True)
class DecisionEmail:
    """What the email about an approval or a rejection says, and to whom."""

    email: str | None
    name: str | None
    course_title: str
    course_slug: str
    reason: str | None
