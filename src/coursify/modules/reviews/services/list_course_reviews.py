"""A page of the reviews of one course, and the ratings of all of them, of one moment."""

from __future__ import annotations

from decimal import Decimal

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.courses.models import CourseDetail
from coursify.modules.reviews.models import CourseReview, Ratings
from coursify.modules.reviews.queries import reviews

NO_RATINGS = Ratings(Decimal(0), 0, [0] * 5)


async def list_course_reviews(
    db: Connection, *, course: CourseDetail, window: Window
) -> tuple[Page[CourseReview], Ratings]:
    """The ratings come with the rows: those of `course` were read a moment before."""
    rows = await reviews.list_course_reviews(db, course.id, window=window)
    if rows:
        ratings = Ratings(rows[0].average_rating, rows[0].rating_count, rows[0].rating_counts)
    elif window.is_first:
        ratings = NO_RATINGS
    else:
        ratings = Ratings(course.average_rating, course.rating_count, course.rating_counts)
    return cut(rows, window, total=ratings.count), ratings
