"""An admin makes a hidden review visible again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.queries import counters
from coursify.modules.notifications.services.notify import notify
from coursify.modules.reviews import emails
from coursify.modules.reviews.errors import ReviewNotHidden
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.queries import moderation, reviews
from coursify.modules.reviews.services.record_decision import record_decision


async def restore_review(
    db: Connection, *, caller: Caller, review_id: UUID, reason: str | None, is_announced: bool = True, now: datetime
) -> Review:
    """It counts with the rating that it has now. Raises ReviewNotFound, ReviewNotHidden."""
    review = await reviews.lock_review(db, review_id)
    if review.is_counted:
        raise ReviewNotHidden
    restored = await moderation.set_review_status(db, review_id, status="visible")
    await counters.add_to_ratings(db, review.course_id, rating=review.rating, count=1)
    decision_id = await record_decision(db, caller=caller, review=restored, decision="restore", reason=reason, now=now)
    await notify(
        db, user_id=review.user_id, kind="review_restored", subject_id=review_id, course_id=review.course_id, now=now
    )
    if is_announced:
        await emails.post_review_restored(db, decision_id=decision_id, author_id=review.user_id, now=now)
    return restored
