"""An author changes their review; the course's ratings follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.queries import counters
from coursify.modules.enrollments.queries import grants
from coursify.modules.reviews import policies
from coursify.modules.reviews.errors import ReviewNotFound
from coursify.modules.reviews.models import Review, ReviewChanges
from coursify.modules.reviews.queries import reviews


async def update_review(
    db: Connection, *, caller: Caller, review_id: UUID, changes: ReviewChanges, now: datetime
) -> Review:
    """The review with `changes`; a hidden one still counts nowhere.

    Raises ReviewNotFound for another's, ReviewIsFinal once the author's access has ended.
    """
    review = await reviews.lock_review(db, review_id)
    if not policies.can_change_review(review, caller):
        raise ReviewNotFound
    access = await grants.find_access(db, user_id=caller.user_id, course_id=review.course_id, now=now)
    policies.require_access_to_change(access)
    if not changes:
        return review
    updated = await reviews.update_review_fields(db, replace(review, **changes), now=now)
    if review.is_counted:
        await counters.move_rating(db, review.course_id, old_rating=review.rating, new_rating=updated.rating)
    return updated
