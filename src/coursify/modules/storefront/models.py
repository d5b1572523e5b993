"""What a course is to one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from coursify.modules.courses.models import CatalogueCourse, Category
from coursify.modules.enrollments.models import percent_of
from coursify.modules.users.models import User

MAX_WISHES: Final = 500


@dataclass(frozen=True, slots=True)
class Relation:
    """What a person has to do with a course: enrollment, progress, review and wish. `is_open`: a grant is live."""

    course_id: UUID
    enrollment_id: UUID | None
    is_open: bool
    lesson_count: int
    completed_lessons: int
    review_id: UUID | None
    is_wished: bool

    @property
    def progress(self) -> int | None:
        """0 to 100 as in enrollments; None for someone who was never enrolled."""
        if self.enrollment_id is None:
            return None
        return percent_of(self.completed_lessons, self.lesson_count)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What belongs to a course for one caller: nothing for those who are not signed in and ask for nothing."""

    relation: Relation | None = None
    may_learn: bool = False
    instructor: User | None = None
    category: Category | None = None


NO_SURROUNDINGS: Final = Surroundings()


@dataclass(frozen=True, slots=True)
class WishedCourse(CatalogueCourse):
    """A course on sale in a person's wish list."""

    wish_id: UUID
