"""`meta` of a course's reviews: the page, and how the course is rated."""

from __future__ import annotations

from coursify.core.pagination import Cursors, Page, PageQuery, meta_of
from coursify.modules.courses.models import CourseDetail
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.schemas import RatingsMeta


def ratings_meta(
    page: Page[Review], query: PageQuery, cursors: Cursors, scope: str, *, course: CourseDetail
) -> RatingsMeta:
    return RatingsMeta(
        **meta_of(page, query, cursors, scope).model_dump(by_alias=False),
        average_rating=float(course.average_rating),
        rating_count=course.rating_count,
        distribution={str(stars): count for stars, count in enumerate(course.rating_counts, start=1)},
    )
