"""Reports about reviews, and what admins decide about them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.reviews.errors import (
    OwnReviewReport,
    ReviewAlreadyHidden,
    ReviewNotFound,
    ReviewNotHidden,
    ReviewNotReported,
)
from coursify.modules.reviews.queries import moderation
from coursify.modules.reviews.schemas import (
    HideReason,
    ModeratedReviewOut,
    ModerationQuery,
    OptionalReason,
    ReportOut,
    ReviewReport,
)
from coursify.modules.reviews.services.dismiss_reports import dismiss_reports
from coursify.modules.reviews.services.hide_review import hide_review
from coursify.modules.reviews.services.list_for_admins import list_for_admins
from coursify.modules.reviews.services.report_review import report_review
from coursify.modules.reviews.services.restore_review import restore_review

router = Router(tag="reviews")
admin_router = Router(tag="admin")


@router.post(
    "/reviews/{review_id}/report",
    operation_id="report_review",
    policy=Policy(
        Who.SIGNED_IN,
        rule="any review that one can read, not one's own",
        rate="report",
        idempotency=Idempotency.OPTIONAL,
    ),
    response_model=Envelope[ReportOut],
    status_code=202,
    responses=failures(ReviewNotFound, OwnReviewReport),
)
async def post_report(review_id: UUID, caller: SignedIn, body: ReviewReport, db: Db, now: Now) -> Response:
    """Report a review to the administrators. A second report of the same review returns the first one."""
    report = await report_review(
        db, caller=caller, review_id=review_id, reason=body.reason, comment=body.comment, now=now
    )
    return reply(ReportOut.of(report), "Thank you. An administrator will look at the review.", status=202)


@admin_router.get(
    "/admin/reviews",
    operation_id="list_admin_reviews",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[ModeratedReviewOut]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_admin_reviews(
    query: Annotated[ModerationQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """Reviews of every course, newest first; with `status=reported` those that wait for a decision."""
    pager = Pager(query, cursors, "admin.reviews", query.status)
    async with database.read() as db:
        page = await list_for_admins(db, status=query.status, window=pager.window)
    return reply([ModeratedReviewOut.with_reports(review) for review in page.items], "Reviews.", meta=pager.meta(page))


@admin_router.post(
    "/admin/reviews/{review_id}/hide",
    operation_id="hide_review",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[ModeratedReviewOut],
    responses=failures(ReviewNotFound, ReviewAlreadyHidden),
)
async def post_hide(review_id: UUID, caller: SignedIn, body: HideReason, db: Db, now: Now) -> Response:
    """Hide a review; it counts nowhere. Its author gets the reason, and those who reported it the result."""
    await hide_review(db, caller=caller, review_id=review_id, reason=body.reason, now=now)
    return reply(
        ModeratedReviewOut.with_reports(await moderation.get_moderated_review(db, review_id)), "Review hidden."
    )


@admin_router.post(
    "/admin/reviews/{review_id}/restore",
    operation_id="restore_review",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[ModeratedReviewOut],
    responses=failures(ReviewNotFound, ReviewNotHidden),
)
async def post_restore(
    review_id: UUID, caller: SignedIn, db: Db, now: Now, body: OptionalReason | None = None
) -> Response:
    """Make a hidden review visible again; it counts with the rating that it has now."""
    await restore_review(db, caller=caller, review_id=review_id, reason=body.reason if body else None, now=now)
    return reply(
        ModeratedReviewOut.with_reports(await moderation.get_moderated_review(db, review_id)), "Review visible again."
    )


@admin_router.post(
    "/admin/reviews/{review_id}/dismiss-reports",
    operation_id="dismiss_review_reports",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[ModeratedReviewOut],
    responses=failures(ReviewNotFound, ReviewNotReported),
)
async def post_dismissal(
    review_id: UUID, caller: SignedIn, db: Db, now: Now, body: OptionalReason | None = None
) -> Response:
    """Close the open reports: the review stays as it is, and those who reported it get an email."""
    await dismiss_reports(db, caller=caller, review_id=review_id, reason=body.reason if body else None, now=now)
    return reply(
        ModeratedReviewOut.with_reports(await moderation.get_moderated_review(db, review_id)), "Reports dismissed."
    )
