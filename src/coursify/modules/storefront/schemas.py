"""Courses with what they are to the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from coursify.core.schema import Envelope, Meta, Output
from coursify.modules.courses.models import Course, CourseDetail
from coursify.modules.courses.schemas.outgoing import CourseSummary, CourseWithOutline
from coursify.modules.courses.schemas.reader import CourseMe, Expanded, ExpandedCategory, ExpandedInstructor
from coursify.modules.storefront.models import NO_SURROUNDINGS, Surroundings


class WishOut(Output):
    """Whether a course is in the wish list."""

    course_id: UUID
    wished: bool


class WishlistPage(Envelope[list[CourseSummary]]):
    """A page of a wish list."""

    meta: Meta


def summaries(courses: Iterable[Course], found: Mapping[UUID, Surroundings]) -> list[CourseSummary]:
    return [_summary(course, found.get(course.id, NO_SURROUNDINGS)) for course in courses]


def detail(course: CourseDetail, found: Surroundings) -> CourseWithOutline:
    return CourseWithOutline.of(course, me=_me(found), expanded=_expanded(found))


def _summary(course: Course, found: Surroundings) -> CourseSummary:
    return CourseSummary.of(course, me=_me(found), expanded=_expanded(found))


def _me(found: Surroundings) -> CourseMe | None:
    relation = found.relation
    if relation is None:
        return None
    return CourseMe(
        enrollment_id=relation.enrollment_id,
        may_learn=found.may_learn,
        progress=relation.progress,
        review_id=relation.review_id,
        wished=relation.is_wished,
    )


def _expanded(found: Surroundings) -> Expanded | None:
    if found.instructor is None and found.category is None:
        return None
    return Expanded(
        instructor=ExpandedInstructor.of(found.instructor) if found.instructor else None,
        category=ExpandedCategory.of(found.category) if found.category else None,
    )
