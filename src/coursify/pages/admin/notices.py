"""Notices about illegal content: those that wait, and the decision about one, with a statement of reasons."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Response

from coursify.core.http import Db, Now, PageCursors, Seal, SignedIn, WithDatabase
from coursify.core.pagination import Pager
from coursify.modules.notices import queries
from coursify.modules.notices.models import DECISIONS
from coursify.modules.notices.schemas import NoticeDecision, NoticeForAdmins, NoticeQuery
from coursify.modules.notices.services.decide_notice import decide_notice
from coursify.modules.notices.services.list_notices import list_notices
from coursify.pages.admin.policies import CHANGE, READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_ONE = "/admin/notices/{notice_id}"
LABELS = {
    "no_action": "No action",
    "hide_review": "Hide the review",
    "restore_review": "Show the review again",
    "suspend_sale": "Take the course off sale",
    "resume_sale": "Put the course on sale again",
}


@pages.get("/admin/notices", page_id="page_admin_notices", policy=READ)
async def show_notices(
    page: WithPage, query: Annotated[NoticeQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.notices", query.status)
    async with database.read() as db:
        found = await list_notices(db, status=query.status, window=pager.window)
    meta = pager.meta(found)
    return page.render(
        "admin/notices.html", notices=found.items, chosen=query, meta=meta, next_page=page.next_page(meta)
    )


@pages.get(_ONE, page_id="page_admin_notice", policy=READ)
async def show_notice(page: WithPage, notice_id: UUID, sealer: Seal, db: Db) -> Response:
    """One notice with its words, both sides, the decisions and the appeal."""
    found = await queries.get_notice(db, notice_id)
    options = [(name, LABELS[name]) for name in LABELS if name in DECISIONS[found.subject_type]]
    return page.render(
        "admin/notice.html",
        notice=NoticeForAdmins.of(found, sealer),
        labels=LABELS,
        waits=found.waits,
        options=options,
        form=page.form(f"/admin/notices/{notice_id}/decide"),
    )


@pages.post(_ONE + "/decide", page_id="page_admin_decide_notice", policy=CHANGE, form_page=show_notice)
async def send_decision(
    page: WithPage, notice_id: UUID, caller: SignedIn, form: Annotated[NoticeDecision, Form()], db: Db, now: Now
) -> Response:
    """An appeal is decided by another admin. Both sides get the statement by email."""
    notice = await decide_notice(db, caller=caller, notice_id=notice_id, verdict=form.verdict(), now=now)
    return page.go("/admin/notices?status=open", f"Notice {notice.reference} is decided.")
