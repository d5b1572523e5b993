"""An admin finds nothing wrong with a reported review: it stays, and those who reported it get an email."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.reviews.errors import ReviewNotReported
from coursify.modules.reviews.queries import moderation, reviews
from coursify.modules.reviews.services.record_decision import record_decision


async def dismiss_reports(
    db: Connection, *, caller: Caller, review_id: UUID, reason: str | None, now: datetime
) -> None:
    """Raises ReviewNotFound, ReviewNotReported."""
    review = await reviews.lock_review(db, review_id)
    if not await moderation.count_open_reports(db, review_id):
        raise ReviewNotReported
    await record_decision(db, caller=caller, review=review, decision="dismiss", reason=reason, now=now)
