"""Reviews as rows, and what is always true of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypedDict
from uuid import UUID

ReviewStatus = Literal["visible", "hidden"]
ReportReason = Literal["spam", "abuse", "off_topic", "personal_data", "other"]
ReviewDecision = Literal["hide", "restore", "dismiss"]
ModerationStatus = Literal["reported", "hidden", "visible"]
# A minus sign is the other way round.
ModerationOrder = Literal["written", "-written", "rating", "-rating"]


@dataclass(frozen=True, slots=True)
class Review:
    """A live review, with what decides who may see and answer it. An erased author has no name."""

    id: UUID
    user_id: UUID
    author_name: str | None
    author_avatar_url: str | None
    author_avatar_path: str | None
    course_id: UUID
    instructor_id: UUID
    is_course_on_sale: bool
    rating: int
    comment: str | None
    status: ReviewStatus
    reply: str | None
    replied_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_counted(self) -> bool:
        """Whether it counts in the course's ratings."""
        return self.status == "visible"


@dataclass(frozen=True, slots=True)
class ListedReview(Review):
    """A review in a list; `total` counts the whole list up to the cap."""

    total: int


@dataclass(frozen=True, slots=True)
class CourseReview(Review):
    """A review in the list of its course, with the course's ratings of the same moment."""

    average_rating: Decimal
    rating_count: int
    rating_counts: list[int]


@dataclass(frozen=True, slots=True)
class Ratings:
    """The ratings of a course; `counts` are those of one star to five."""

    average: Decimal
    count: int
    counts: list[int]


@dataclass(frozen=True, slots=True)
class ReviewToAnswer(ListedReview):
    """A review as the instructor of the course sees it."""

    course_title: str


@dataclass(frozen=True, slots=True)
class ModeratedReview(Review):
    """A review as admins see it: how often it was reported, the newest reports, and the last decision."""

    report_count: int
    open_report_count: int
    reports: list[dict[str, Any]]
    last_decision: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Report:
    """A person reports a review once; it is open until a decision."""

    id: UUID
    review_id: UUID
    reporter_id: UUID
    reason: ReportReason
    comment: str | None
    created_at: datetime
    decision_id: UUID | None


@dataclass(frozen=True, slots=True)
class AnswerEmail:
    """What the author of a review reads about the instructor's answer."""

    author_id: UUID
    course_title: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class DecisionEmail:
    """What the author of a review reads about a decision; an erased author has no address."""

    email: str | None
    name: str | None
    course_title: str
    review_id: UUID
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReportEmail:
    """What someone who reported a review reads about the decision."""

    email: str | None
    name: str | None
    course_title: str
    decision: ReviewDecision


class ReviewChanges(TypedDict, total=False):
    """What an author may change; absent fields stay unchanged."""

    rating: int
    comment: str | None
