"""What the application tells the instructor."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import PageQuery, Pager
from coursify.modules.notifications.models import Notification
from coursify.modules.notifications.queries import notifications
from coursify.modules.notifications.services.list_notifications import list_notifications
from coursify.modules.notifications.texts import body_of, target_of, title_of
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.courses import HOME
from coursify.pages.teach.policies import OWN

pages = Pages()

NOTIFICATIONS = "/teach/notifications"
# What leads to a course of one's own; the others are about courses that one learns.
ABOUT_OWN = {"course_approved", "course_rejected", "sale_suspended", "sale_resumed"}


@pages.get(NOTIFICATIONS, page_id="page_teach_notifications", policy=OWN)
async def show_notifications(
    page: WithPage,
    caller: SignedIn,
    query: Annotated[PageQuery, Query()],
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """The newest first; they are kept for 180 days."""
    pager = Pager(query, cursors, "teach.notifications", caller.user_id)
    async with database.read() as db:
        found, unread = await list_notifications(db, user_id=caller.user_id, is_unread=False, window=pager.window)
    meta, shown = pager.meta(found), [(each, title_of(each), body_of(each), _way_to(each)) for each in found.items]
    values: dict[str, Any] = {"notifications": shown, "meta": meta, "next_page": page.next_page(meta)}
    return page.render("teach/notifications.html", unread=unread, **values)


@pages.post(f"{NOTIFICATIONS}/read-all", page_id="page_teach_read_notifications", policy=OWN)
async def send_all_read(page: WithPage, caller: SignedIn, db: Db, now: Now) -> Response:
    await notifications.mark_all_read(db, caller.user_id, now=now)
    return page.go(NOTIFICATIONS, "Everything is marked as read.")


def _way_to(notification: Notification) -> str:
    kind, target = target_of(notification)
    return f"{HOME}/{target}" if kind == "course" and notification.kind in ABOUT_OWN else ""
