"""The reviews of one course."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from coursify.core.caller import id_of
from coursify.core.http import Db, MaybeSignedIn, Now, PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import CursorInvalid, PageQuery, Pager, PageTooDeep
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.guards import IdOrSlug
from coursify.modules.enrollments.errors import NotEnrolled
from coursify.modules.enrollments.services.open_course import open_course
from coursify.modules.reviews.errors import AlreadyReviewed, OwnCourseReview
from coursify.modules.reviews.schemas import CourseReviewPage, RatingsMeta, ReviewCreate, ReviewDetail
from coursify.modules.reviews.services.list_course_reviews import list_course_reviews
from coursify.modules.reviews.services.post_review import post_review

router = Router(tag="reviews")

LIST_SECONDS = 15


@router.get(
    "/courses/{course_id}/reviews",
    operation_id="list_course_reviews",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=CourseReviewPage,
    responses=failures(CourseNotFound, PageTooDeep, CursorInvalid),
)
async def get_course_reviews(
    request: Request,
    course_id: IdOrSlug,
    query: Annotated[PageQuery, Query()],
    caller: MaybeSignedIn,
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """The reviews of a course, newest first; `meta` has the ratings of all of them."""
    async with database.read() as db:
        course = await open_course(db, caller=caller, id_or_slug=course_id)
        pager = Pager(query, cursors, "course.reviews", course.id)
        page, ratings = await list_course_reviews(db, course=course, window=pager.window)
    meta = RatingsMeta.of(pager.meta(page), ratings)
    answer = reply(
        [ReviewDetail.of(review, id_of(caller)) for review in page.items], "Reviews of the course.", meta=meta
    )
    return cacheable(request, answer, max_age=LIST_SECONDS)


@router.post(
    "/courses/{course_id}/reviews",
    operation_id="post_review",
    policy=Policy(Who.SIGNED_IN, rule="learners whose access is open", rate="review", idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[ReviewDetail],
    status_code=201,
    responses=failures(NotEnrolled, OwnCourseReview, CourseNotFound, AlreadyReviewed),
)
async def post_course_review(course_id: UUID, caller: SignedIn, body: ReviewCreate, db: Db, now: Now) -> Response:
    """Rate a course that you may learn, with 1 to 5 stars and a comment."""
    review = await post_review(
        db, user_id=caller.user_id, course_id=course_id, rating=body.rating, comment=body.comment, now=now
    )
    return reply(ReviewDetail.of(review, caller.user_id), "Review created.", status=201)
