"""An author deletes their review: it does not count any more, and they may write another, hidden if this one was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.courses.queries import counters
from coursify.modules.reviews import policies
from coursify.modules.reviews.errors import ReviewNotFound
from coursify.modules.reviews.queries import reviews


async def delete_review(db: Connection, *, caller: Caller, review_id: UUID, now: datetime) -> None:
    """Also after access has ended. Another's is ReviewNotFound."""
    review = await reviews.lock_review(db, review_id)
    if not policies.can_change_review(review, caller):
        raise ReviewNotFound
    await reviews.mark_review_deleted(db, review_id, now=now)
    if review.is_counted:
        await counters.add_to_ratings(db, review.course_id, rating=review.rating, count=-1)
    await resolve(
        db,
        kind="review_reported",
        object_type="review",
        object_id=review_id,
        resolution="the author deleted the review",
        now=now,
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="review.delete",
        target_type="review",
        target_id=review_id,
        details={"courseId": str(review.course_id), "rating": review.rating},
    )
