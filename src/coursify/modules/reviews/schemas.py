"""Reviews in the API."""

from __future__ import annotations

from typing import Annotated, Any, cast
from uuid import UUID

from pydantic import AfterValidator, Field

from coursify.core.pagination import PageQuery
from coursify.core.pictures import avatar_url
from coursify.core.schema import Envelope, FilledProse, Input, Meta, Moment, Omittable, Output, Prose, Whole
from coursify.modules.reviews.models import (
    ModeratedReview,
    ModerationStatus,
    Ratings,
    Report,
    ReportReason,
    Review,
    ReviewChanges,
    ReviewDecision,
    ReviewStatus,
)
from coursify.modules.reviews.plain_text import check_marks
from coursify.modules.users.models import FORMER_MEMBER

Rating = Annotated[Whole, Field(ge=1, le=5, examples=[5])]
_WORDS = Field(
    max_length=5_000,
    description="plain text, kept exactly as typed: escape it when you render it",
    examples=["Clear and to the point."],
)
Comment = Annotated[Prose, AfterValidator(check_marks), _WORDS]
Reply = Annotated[FilledProse, AfterValidator(check_marks), _WORDS]


Reason = Annotated[FilledProse, Field(min_length=1, max_length=2_000)]


class ReviewCreate(Input):
    rating: Rating
    comment: Comment | None = None


class ReviewUpdate(Input):
    """An absent field stays unchanged; null clears the comment."""

    rating: Omittable[Rating]
    comment: Comment | None = None

    def changes(self) -> ReviewChanges:
        return cast("ReviewChanges", self.model_dump(exclude_unset=True))


class ReviewReply(Input):
    reply: Reply


class ReviewReport(Input):
    """Why the review should be looked at; the comment is for the administrators alone."""

    reason: ReportReason
    comment: Annotated[Prose, AfterValidator(check_marks), Field(max_length=2_000)] | None = None


class HideReason(Input):
    """The review's author gets the reason by email."""

    reason: Reason


class OptionalReason(Input):
    reason: Reason | None = None


class ModerationQuery(PageQuery):
    """`reported`: visible reviews with an open report; without a status all reviews."""

    status: ModerationStatus | None = None


class ReviewQuery(PageQuery):
    course_id: UUID | None = None
    user_id: UUID | None = None

    def filters(self) -> dict[str, Any]:
        """The conditions by name, only those that were asked for."""
        wanted = {"course_id": self.course_id, "user_id": self.user_id}
        return {name: value for name, value in wanted.items() if value is not None}


class Author(Output):
    name: str
    avatar_url: str | None


class _Review(Output):
    """What every shape of a review has."""

    id: UUID
    user_id: UUID
    author: Author
    course_id: UUID
    rating: int
    comment: str | None
    status: ReviewStatus
    reply: str | None
    replied_at: Moment | None
    created_at: Moment
    updated_at: Moment


class ReviewDetail(_Review):
    """`mine`: the caller wrote it."""

    mine: bool

    @classmethod
    def of(cls, review: Review, reader_id: UUID | None) -> ReviewDetail:
        return cls(**_fields(review), mine=review.user_id == reader_id)


class ReportOut(Output):
    """The receipt of a report."""

    id: UUID
    review_id: UUID
    reason: ReportReason
    comment: str | None
    created_at: Moment
    is_open: bool

    @classmethod
    def of(cls, report: Report) -> ReportOut:
        return cls(
            id=report.id,
            review_id=report.review_id,
            reason=report.reason,
            comment=report.comment,
            created_at=report.created_at,
            is_open=report.decision_id is None,
        )


class ReceivedReport(Output):
    reporter_id: UUID
    reason: ReportReason
    comment: str | None
    created_at: Moment
    is_open: bool


class DecisionOut(Output):
    decision: ReviewDecision
    reason: str | None
    decided_by: UUID
    decided_at: Moment


class ModeratedReviewOut(_Review):
    """A review as admins see it, with the newest twenty reports and the last decision."""

    report_count: int
    open_report_count: int
    reports: list[ReceivedReport]
    last_decision: DecisionOut | None

    @classmethod
    def with_reports(cls, review: ModeratedReview) -> ModeratedReviewOut:
        return cls(
            **_fields(review),
            report_count=review.report_count,
            open_report_count=review.open_report_count,
            reports=[ReceivedReport(**report) for report in review.reports],
            last_decision=DecisionOut(**review.last_decision) if review.last_decision else None,
        )


class RatingsMeta(Meta):
    """The place of the page, and the ratings of all visible reviews of the course."""

    average_rating: float
    rating_count: int
    distribution: dict[str, int]

    @classmethod
    def of(cls, meta: Meta, ratings: Ratings) -> RatingsMeta:
        return cls(
            **meta.model_dump(by_alias=False),
            average_rating=float(ratings.average),
            rating_count=ratings.count,
            distribution={str(stars): count for stars, count in enumerate(ratings.counts, start=1)},
        )


class CourseReviewPage(Envelope[list[ReviewDetail]]):
    """A page of the reviews of one course."""

    meta: RatingsMeta


def _fields(review: Review) -> dict[str, Any]:
    return {
        "id": review.id,
        "user_id": review.user_id,
        "author": Author(
            name=review.author_name or FORMER_MEMBER,
            avatar_url=avatar_url(review.author_avatar_path, review.author_avatar_url),
        ),
        "course_id": review.course_id,
        "rating": review.rating,
        "comment": review.comment,
        "status": review.status,
        "reply": review.reply,
        "replied_at": review.replied_at,
        "created_at": review.created_at,
        "updated_at": review.updated_at,
    }
