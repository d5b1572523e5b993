"""Cursors and `meta` of the lists of reviews, which all run from the newest id down."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from coursify.core.pagination import Cursors, Page, PageQuery, meta_of
from coursify.core.schema import Meta
from coursify.modules.courses.models import CourseDetail
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.schemas import RatingsMeta

Item = TypeVar("Item", bound=Review)


def before_of(query: PageQuery, cursors: Cursors, scope: str) -> UUID | None:
    """The id after which the page begins; None for a page by number. Raises CursorInvalid."""
    return UUID(str(cursors.read(scope, query.cursor)[0])) if query.cursor else None


def list_meta(page: Page[Item], query: PageQuery, cursors: Cursors, scope: str) -> Meta:
    return meta_of(page, query, cursors.write(scope, page.next_key) if page.next_key else None)


def ratings_meta(
    page: Page[Review], query: PageQuery, cursors: Cursors, scope: str, *, course: CourseDetail
) -> RatingsMeta:
    return RatingsMeta(
        **list_meta(page, query, cursors, scope).model_dump(by_alias=False),
        average_rating=float(course.average_rating),
        rating_count=course.rating_count,
        distribution={str(stars): count for stars, count in enumerate(course.rating_counts, start=1)},
    )
