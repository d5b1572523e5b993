"""A learner reviews a course once; the course's ratings change in the same transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.queries import counters, courses
from coursify.modules.enrollments.queries import grants
from coursify.modules.reviews import policies
from coursify.modules.reviews.errors import AlreadyReviewed, OwnCourseReview
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.queries import reviews


async def post_review(
    db: Connection, *, user_id: UUID, course_id: UUID, rating: int, comment: str | None, now: datetime
) -> Review:
    """The new review, 1 to 5 stars; raises NotEnrolled without access that is open now.

    After a hidden review that was deleted, the new one is hidden too.

    The unique index decides which of two came first; the other raises AlreadyReviewed.

    The course's row is written last, so that reviewers wait for each other there and nowhere else.
    """
    course = await courses.get_course(db, course_id)
    if policies.teaches(course, user_id):
        raise OwnCourseReview
    if not course.is_published:
        raise CourseNotFound
    access = await grants.find_access(db, user_id=user_id, course_id=course_id, now=now)
    policies.require_access_to_write(access)
    review = await reviews.insert_review(
        db, user_id=user_id, course_id=course_id, rating=rating, comment=comment, now=now
    )
    if review is None:
        raise AlreadyReviewed
    if review.is_counted:
        await counters.add_to_ratings(db, course_id, rating=rating, count=1)
    return review
