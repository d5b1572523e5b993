"""Reviews as rows, and what is always true of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict
from uuid import UUID

ReviewStatus = Literal["visible", "hidden"]


@dataclass(frozen=True, slots=True)
class Review:
    """A live review, with what decides who may see and answer it. An erased author has no name."""

    id: UUID
    user_id: UUID
    author_name: str | None
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


class ReviewChanges(TypedDict, total=False):
    """What an author may change; absent fields stay unchanged."""

    rating: int
    comment: str | None
