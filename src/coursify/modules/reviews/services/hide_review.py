"""An admin hides a review: it counts nowhere, and its author and those who reported it get an email."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.queries import counters
from coursify.modules.notifications.services.notify import notify
from coursify.modules.reviews import emails
from coursify.modules.reviews.errors import ReviewAlreadyHidden
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.queries import moderation, reviews
from coursify.modules.reviews.services.record_decision import record_decision


async def hide_review(
    db: Connection, *, caller: Caller, review_id: UUID, reason: str, is_announced: bool = True, now: datetime
) -> Review:
    """The hidden review. Raises ReviewNotFound, ReviewAlreadyHidden.

    The author gets the reason only when `is_announced`: a caller that writes to the author itself says no. The
    course's row is written after the review's, as everywhere.
    """
    review = await reviews.lock_review(db, review_id)
    if not review.is_counted:
        raise ReviewAlreadyHidden
    hidden = await moderation.set_review_status(db, review_id, status="hidden")
    await counters.add_to_ratings(db, review.course_id, rating=review.rating, count=-1)
    decision_id = await record_decision(db, caller=caller, review=hidden, decision="hide", reason=reason, now=now)
    await notify(
        db, user_id=review.user_id, kind="review_hidden", subject_id=review_id, course_id=review.course_id, now=now
    )
    if is_announced:
        await emails.post_review_hidden(db, decision_id=decision_id, author_id=review.user_id, now=now)
    return hidden
