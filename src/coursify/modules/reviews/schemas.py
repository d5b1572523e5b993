"""Reviews in the API."""

from __future__ import annotations

from typing import Annotated, Any, cast
from uuid import UUID

from pydantic import AfterValidator, Field

from coursify.core.pagination import PageQuery
from coursify.core.schema import Envelope, FilledProse, Input, Meta, Moment, Omittable, Output, Prose, Whole
from coursify.modules.courses.models import CourseDetail
from coursify.modules.reviews.models import Review, ReviewChanges, ReviewStatus
from coursify.modules.reviews.plain_text import check_marks
from coursify.modules.users.models import FORMER_MEMBER

Rating = Annotated[Whole, Field(ge=1, le=5)]
_WORDS = Field(max_length=5_000, description="plain text, kept exactly as typed: escape it when you render it")
Comment = Annotated[Prose, AfterValidator(check_marks), _WORDS]
Reply = Annotated[FilledProse, AfterValidator(check_marks), _WORDS]


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


class ReviewQuery(PageQuery):
    course_id: UUID | None = None
    user_id: UUID | None = None

    def filters(self) -> dict[str, Any]:
        """The conditions by name, only those that were asked for."""
        wanted = {"course_id": self.course_id, "user_id": self.user_id}
        return {name: value for name, value in wanted.items() if value is not None}


class Author(Output):
    name: str


class ReviewDetail(Output):
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

    @classmethod
    def of(cls, review: Review) -> ReviewDetail:
        return cls(
            id=review.id,
            user_id=review.user_id,
            author=Author(name=review.author_name or FORMER_MEMBER),
            course_id=review.course_id,
            rating=review.rating,
            comment=review.comment,
            status=review.status,
            reply=review.reply,
            replied_at=review.replied_at,
            created_at=review.created_at,
            updated_at=review.updated_at,
        )


class RatingsMeta(Meta):
    """The place of the page, and the ratings of all visible reviews of the course."""

    average_rating: float
    rating_count: int
    distribution: dict[str, int]

    @classmethod
    def of(cls, meta: Meta, course: CourseDetail) -> RatingsMeta:
        return cls(
            **meta.model_dump(by_alias=False),
            average_rating=float(course.average_rating),
            rating_count=course.rating_count,
            distribution=course.rating_distribution,
        )


class CourseReviewPage(Envelope[list[ReviewDetail]]):
    """A page of the reviews of one course."""

    meta: RatingsMeta
