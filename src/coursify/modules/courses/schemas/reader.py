"""What a course says to the person who reads it, and what is written out beside it when that is asked."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from coursify.core.pictures import avatar_url
from coursify.core.schema import MayBeAbsent, Output
from coursify.modules.courses.models import Category
from coursify.modules.users.models import User

Expandable = Literal["instructor", "category"]


class CourseMe(Output):
    """What the course is to the caller. `progress` is 0 to 100, and null for someone who was never enrolled.

    `mayLearn`: the lessons open to them. `enrollmentId` stays when access has ended. `wished`: it is in the wish list.
    """

    enrollment_id: UUID | None
    may_learn: bool
    progress: int | None
    review_id: UUID | None
    wished: bool


class ExpandedInstructor(Output):
    """An instructor as in `GET /users/{id}`, without their courses."""

    id: UUID
    name: str
    bio: str | None
    avatar_url: str | None

    @classmethod
    def of(cls, user: User) -> ExpandedInstructor:
        picture = avatar_url(user.avatar_path, user.avatar_url)
        return cls(id=user.id, name=user.display_name, bio=user.bio, avatar_url=picture)


class ExpandedCategory(Output):
    slug: str
    name: str

    @classmethod
    def of(cls, category: Category) -> ExpandedCategory:
        return cls(slug=category.slug, name=category.name)


class Expanded(Output):
    """What `expand` asked for."""

    instructor: MayBeAbsent[ExpandedInstructor]
    category: MayBeAbsent[ExpandedCategory]
