"""The course's instructor answers a review in public; a second answer replaces the first, and is no news."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.notifications.services.notify import notify
from coursify.modules.reviews import emails, policies
from coursify.modules.reviews.errors import ReviewNotFound
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.queries import reviews


async def reply_to_review(db: Connection, *, caller: Caller, review_id: UUID, reply: str, now: datetime) -> Review:
    """On another's course it is ReviewNotFound."""
    review = await reviews.lock_review(db, review_id)
    if not policies.can_reply(review, caller):
        raise ReviewNotFound
    answered = await reviews.set_reply(db, review_id, reply=reply, now=now)
    if review.reply is None:
        await notify(
            db,
            user_id=review.user_id,
            kind="review_answered",
            subject_id=review_id,
            course_id=review.course_id,
            now=now,
        )
        await emails.post_review_answered(db, review_id=review_id, author_id=review.user_id, now=now)
    return answered
