"""The inbox of the providers' events: by what became of them, one with what it did, and handling it again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import TOTAL_CAP, Pager, cut
from coursify.modules.payments.queries import owners
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.errors import EventNotFound
from coursify.modules.webhooks.schemas import EventQuery
from coursify.modules.webhooks.services.replay_event import replay_event
from coursify.modules.webhooks.services.store_events import PROVIDER
from coursify.pages.admin.policies import CHANGE, READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_ONE = "/admin/webhook-events/{event_key}"


@pages.get("/admin/webhook-events", page_id="page_admin_webhook_events", policy=READ)
async def show_events(
    page: WithPage, query: Annotated[EventQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.webhook_events", query.state)
    window = pager.window
    async with database.read() as db:
        rows = await queries.list_events(db, state=query.state, before=window.after_id, **window.bound())
        total = await queries.count_events(db, state=query.state, cap=TOTAL_CAP)
    found = cut(rows, window, total=total)
    meta = pager.meta(found)
    next_page = page.next_page(meta)
    return page.render("admin/webhook_events.html", events=found.items, chosen=query, meta=meta, next_page=next_page)


@pages.get(_ONE, page_id="page_admin_webhook_event", policy=READ)
async def show_event(page: WithPage, event_key: UUID, db: Db) -> Response:
    """Raises EventNotFound. An event is stored without its body: what counts is fetched from the provider."""
    event = await queries.find_event(db, event_key)
    if event is None:
        raise EventNotFound
    return page.render(
        "admin/webhook_event.html",
        event=event,
        others=await queries.list_events_about(db, object_ids=[event.object_id]) if event.object_id else [],
        payment_id=await owners.find_payment_of_provider_object(db, event.object_id),
        may_replay=event.provider == PROVIDER,
        replay=page.form(f"/admin/webhook-events/{event_key}/replay"),
    )


@pages.post(_ONE + "/replay", page_id="page_admin_replay_event", policy=CHANGE, form_page=show_event)
async def send_replay(page: WithPage, event_key: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    await replay_event(db, event_key=event_key, replayed_by=caller.user_id, now=now)
    return page.go(f"/admin/webhook-events/{event_key}", "The event is queued. Load this page again for its result.")
