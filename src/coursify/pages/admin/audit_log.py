"""The audit log: who changed what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from coursify.core.http import PageCursors, WithDatabase
from coursify.core.pagination import Pager
from coursify.modules.users.models import AuditOrder
from coursify.modules.users.queries import users
from coursify.modules.users.schemas import AuditQuery
from coursify.modules.users.services.list_audit_log import list_audit_log
from coursify.pages.admin.policies import READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()


class AuditSearch(AuditQuery):
    sort: AuditOrder = "-at"


@pages.get("/admin/audit-log", page_id="page_admin_audit_log", policy=READ)
async def show_audit_log(
    page: WithPage, query: Annotated[AuditSearch, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.audit_log", query.actor_id, query.target_id, query.action, query.sort)
    async with database.read() as db:
        found = await list_audit_log(db, query=query, window=pager.window, order=query.sort)
        actors = await users.list_users_by_id(db, [entry.actor_id for entry in found.items if entry.actor_id])
    meta = pager.meta(found)
    return page.render(
        "admin/audit_log.html",
        entries=found.items,
        names={each.id: each.display_name for each in actors},
        chosen=query,
        meta=meta,
        next_page=page.next_page(meta),
    )
