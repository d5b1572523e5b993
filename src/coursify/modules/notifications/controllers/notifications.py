"""/notifications: what the application tells a person."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.notifications.errors import NotificationNotFound
from coursify.modules.notifications.queries import notifications
from coursify.modules.notifications.schemas import (
    NotificationMeta,
    NotificationOut,
    NotificationPage,
    NotificationQuery,
    ReadOut,
)
from coursify.modules.notifications.services.list_notifications import list_notifications
from coursify.modules.notifications.services.read_notification import read_notification

router = Router(tag="notifications")


@router.get(
    "/notifications",
    operation_id="list_notifications",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=NotificationPage,
    responses=failures(PageTooDeep, CursorInvalid),
)
async def get_notifications(
    caller: SignedIn, database: WithDatabase, cursors: PageCursors, query: Annotated[NotificationQuery, Query()]
) -> Response:
    """Your notifications, newest first; they are kept for 180 days."""
    pager = Pager(query, cursors, "notifications", caller.user_id, query.is_unread)
    async with database.read() as db:
        page, unread = await list_notifications(
            db, user_id=caller.user_id, is_unread=query.is_unread, window=pager.window
        )
    shown = [NotificationOut.of(row) for row in page.items]
    meta = NotificationMeta(**pager.meta(page).model_dump(by_alias=False), unread=unread)
    return reply(shown, "Notifications, newest first.", meta=meta)


@router.put(
    "/notifications/{notification_id}/read",
    operation_id="read_notification",
    policy=Policy(Who.SIGNED_IN, rule="its recipient"),
    response_model=Envelope[NotificationOut],
    responses=failures(NotificationNotFound),
)
async def put_read(notification_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Mark a notification as read; `readAt` keeps the first time."""
    found = await read_notification(db, user_id=caller.user_id, notification_id=notification_id, now=now)
    return reply(NotificationOut.of(found), "Notification read.")


@router.post(
    "/notifications/read-all",
    operation_id="read_all_notifications",
    policy=Policy(Who.SIGNED_IN, idempotency=Idempotency.OPTIONAL),
    status_code=200,
    response_model=Envelope[ReadOut],
)
async def post_read_all(caller: SignedIn, db: Db, now: Now) -> Response:
    """Mark everything as read."""
    marked = await notifications.mark_all_read(db, caller.user_id, now=now)
    return reply(ReadOut(marked=marked), "Notifications read.")
