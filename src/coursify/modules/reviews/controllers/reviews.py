"""/reviews: list, update, delete and reply."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from coursify.core.caller import id_of
from coursify.core.http import Db, MaybeSignedIn, Now, PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.courses.guards import OWNER
from coursify.modules.reviews.errors import ReviewIsFinal, ReviewNotFound
from coursify.modules.reviews.schemas import ReviewDetail, ReviewQuery, ReviewReply, ReviewUpdate
from coursify.modules.reviews.services.delete_review import delete_review
from coursify.modules.reviews.services.list_reviews import list_reviews
from coursify.modules.reviews.services.reply_to_review import reply_to_review
from coursify.modules.reviews.services.show_review import show_review
from coursify.modules.reviews.services.update_review import update_review

router = Router(tag="reviews")

LIST_SECONDS = 15


@router.get(
    "/reviews",
    operation_id="list_reviews",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=PageEnvelope[list[ReviewDetail]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def get_reviews(
    request: Request,
    query: Annotated[ReviewQuery, Query()],
    caller: MaybeSignedIn,
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """Reviews of published courses, newest first; of one course or one person where that is asked."""
    pager = Pager(query, cursors, "reviews", query.filters())
    async with database.read() as db:
        page = await list_reviews(db, filters=query.filters(), window=pager.window)
    answer = reply([ReviewDetail.of(review, id_of(caller)) for review in page.items], "Reviews.", meta=pager.meta(page))
    return cacheable(request, answer, max_age=LIST_SECONDS)


@router.get(
    "/reviews/{review_id}",
    operation_id="get_review",
    policy=Policy(Who.ANYONE, rule="visible, or the caller's own; an admin sees all", rate="read"),
    response_model=Envelope[ReviewDetail],
    responses=failures(ReviewNotFound),
)
async def get_review(request: Request, review_id: UUID, caller: MaybeSignedIn, database: WithDatabase) -> Response:
    """One review; a hidden one only for its author and admins."""
    async with database.read() as db:
        review = await show_review(db, caller=caller, review_id=review_id)
    return cacheable(request, reply(ReviewDetail.of(review, id_of(caller)), "Review."), max_age=LIST_SECONDS)


@router.put(
    "/reviews/{review_id}",
    operation_id="update_review",
    policy=Policy(Who.SIGNED_IN, rule="its author, while access is open", rate="review"),
    response_model=Envelope[ReviewDetail],
    responses=failures(ReviewIsFinal, ReviewNotFound),
)
async def put_review(review_id: UUID, caller: SignedIn, body: ReviewUpdate, db: Db, now: Now) -> Response:
    """Change your review, while you have access to the course."""
    review = await update_review(db, caller=caller, review_id=review_id, changes=body.changes(), now=now)
    return reply(ReviewDetail.of(review, caller.user_id), "Review updated.")


@router.delete(
    "/reviews/{review_id}",
    operation_id="delete_review",
    policy=Policy(Who.SIGNED_IN, rule="its author"),
    response_model=Envelope[None],
    responses=failures(ReviewNotFound),
)
async def remove_review(review_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Delete your review, also after your access has ended."""
    await delete_review(db, caller=caller, review_id=review_id, now=now)
    return reply(None, "Review deleted.")


@router.post(
    "/reviews/{review_id}/reply",
    operation_id="reply_to_review",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, rate="review", idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[ReviewDetail],
    status_code=201,
    responses=failures(ReviewNotFound),
)
async def post_reply(review_id: UUID, caller: SignedIn, body: ReviewReply, db: Db, now: Now) -> Response:
    """Answer a review of your course; a second answer replaces the first."""
    review = await reply_to_review(db, caller=caller, review_id=review_id, reply=body.reply, now=now)
    return reply(ReviewDetail.of(review, caller.user_id), "Reply published.", status=201)
