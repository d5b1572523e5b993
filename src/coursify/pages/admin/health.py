"""How the system is: its servers, the schema, jobs by age, the mail, and how far the reconciler is."""

from __future__ import annotations

from fastapi import Request, Response

from coursify.core.http import WithDatabase
from coursify.core.http.context import context_of
from coursify.core.http.health import check_parts
from coursify.core.queries import vitals
from coursify.modules.analytics.queries import progress
from coursify.modules.webhooks import queries as webhooks
from coursify.modules.webhooks.services.fetch_missed_events import ASKED
from coursify.pages.admin.policies import READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()


@pages.get("/admin/health", page_id="page_admin_health", policy=READ)
async def show_health(page: WithPage, request: Request, database: WithDatabase) -> Response:
    parts = await check_parts(context_of(request.app))
    async with database.read() as db:
        return page.render(
            "admin/health.html",
            parts=parts,
            queues=await vitals.list_queue_states(db),
            clocks=await vitals.list_clock_states(db),
            mails=await vitals.list_mail_states(db),
            newest_emails=vitals.NEWEST_EMAILS,
            reconciled_until=await webhooks.find_cursor(db, ASKED),
            counted_until=await progress.find_refreshed_until(db),
        )
