"""What an admin decides about a review: stored, audited, off the work list, and told to those who reported it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.reviews import emails
from coursify.modules.reviews.models import Review, ReviewDecision
from coursify.modules.reviews.queries import moderation


async def record_decision(
    db: Connection, *, caller: Caller, review: Review, decision: ReviewDecision, reason: str | None, now: datetime
) -> UUID:
    """Call it with the review's lock. Every open report is decided by it. Returns the decision's id."""
    decision_id = await moderation.insert_decision(
        db, review_id=review.id, decision=decision, reason=reason, decided_by=caller.user_id, now=now
    )
    closed = await moderation.close_reports(db, review.id, decision_id=decision_id)
    await resolve(
        db,
        kind="review_reported",
        object_type="review",
        object_id=review.id,
        resolution=decision,
        resolved_by=caller.user_id,
        now=now,
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="review.dismiss_reports" if decision == "dismiss" else f"review.{decision}",
        target_type="review",
        target_id=review.id,
        details={"courseId": str(review.course_id), "rating": review.rating, "reports": len(closed)},
    )
    for report in closed:
        await emails.post_report_decided(db, report=report, now=now)
    return decision_id
