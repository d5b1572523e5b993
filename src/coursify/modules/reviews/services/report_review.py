"""Somebody reports a review to the admins, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.enrollments.queries import enrollments
from coursify.modules.reviews import policies
from coursify.modules.reviews.errors import OwnReviewReport, ReviewNotFound
from coursify.modules.reviews.models import Report, ReportReason
from coursify.modules.reviews.queries import moderation, reviews


async def report_review(
    db: Connection, *, caller: Caller, review_id: UUID, reason: ReportReason, comment: str | None, now: datetime
) -> Report:
    """The person's report of this review; a second one returns the first. The review goes on the work list.

    Raises ReviewNotFound for what the caller cannot read, OwnReviewReport.
    """
    review = await reviews.lock_review(db, review_id)
    if policies.can_change_review(review, caller):
        raise OwnReviewReport
    is_learner = await enrollments.has_enrollment(db, user_id=caller.user_id, course_id=review.course_id)
    if not policies.can_report_review(review, caller, is_learner=is_learner):
        raise ReviewNotFound
    report = await moderation.insert_report(
        db, review_id=review_id, reporter_id=caller.user_id, reason=reason, comment=comment, now=now
    )
    if report is None:
        return await moderation.get_report(db, review_id=review_id, reporter_id=caller.user_id)
    count = await moderation.count_open_reports(db, review_id)
    await flag(
        db,
        kind="review_reported",
        object_type="review",
        object_id=review_id,
        why=f"A review has {count} open {'report' if count == 1 else 'reports'}, the last one for {reason}.",
        now=now,
    )
    return report
