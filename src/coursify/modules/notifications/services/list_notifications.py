"""One's own notifications, newest first."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import TOTAL_CAP, Page, Window, cut
from coursify.modules.notifications.models import Notification
from coursify.modules.notifications.queries import notifications


async def list_notifications(
    db: Connection, *, user_id: UUID, is_unread: bool, window: Window
) -> tuple[Page[Notification], int]:
    """A page, and how many of the whole list are unread, up to the cap."""
    rows = await notifications.list_notifications(
        db, user_id, is_unread=is_unread, before=window.after_id, **window.bound()
    )
    unread = await notifications.count_notifications(db, user_id, is_unread=True, cap=TOTAL_CAP)
    total = (
        unread if is_unread else await notifications.count_notifications(db, user_id, is_unread=False, cap=TOTAL_CAP)
    )
    return cut(rows, window, total=total), min(unread, TOTAL_CAP)
