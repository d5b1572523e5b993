"""Lists emails by what became of them, newest first."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import TOTAL_CAP, Page, Window, cut
from coursify.core.queries import sent_emails
from coursify.core.queries.emails import DeliveryState
from coursify.core.queries.sent_emails import SentEmail


async def list_emails(
    db: Connection, *, state: DeliveryState | None, user_id: UUID | None, window: Window
) -> Page[SentEmail]:
    rows = await sent_emails.list_emails(db, state=state, user_id=user_id, before_id=window.after_id, **window.bound())
    total = await sent_emails.count_emails(db, state=state, user_id=user_id, cap=TOTAL_CAP)
    return cut(rows, window, total=total)
