"""A page of the reviews of all courses with the reports about them, for admins."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.reviews.models import ModeratedReview, ModerationOrder, ModerationStatus
from coursify.modules.reviews.queries import moderation


async def list_for_admins(
    db: Connection, *, status: ModerationStatus | None, window: Window, order: ModerationOrder = "-written"
) -> Page[ModeratedReview]:
    """`reported`: visible, with a report that is not decided yet."""
    rows = await moderation.list_moderated_reviews(db, status=status, order=order, window=window)
    total = await moderation.count_moderated_reviews(db, status=status)
    return cut(rows, window, total=total, key=moderation.ORDERS[order].key_of)
