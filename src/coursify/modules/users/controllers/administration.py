"""People and what was done, for admins. What changes someone who may teach is an operation of courses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from coursify.core.http import Data, PageCursors, Router, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import PageEnvelope
from coursify.modules.users.schemas import AuditLine, AuditQuery, UserForAdmins, UserQuery
from coursify.modules.users.services.list_people import list_people
from coursify.modules.users.services.list_what_was_done import list_what_was_done

router = Router(tag="admin")
_LISTS = failures(PageTooDeep, CursorInvalid)


@router.get(
    "/admin/users",
    operation_id="list_users",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[UserForAdmins]],
    status_code=200,
    responses=_LISTS,
)
async def list_users(query: Annotated[UserQuery, Query()], data: Data, cursors: PageCursors) -> Response:
    """Everyone, newest first; `search` looks for a part of a name or an address."""
    pager = Pager(query, cursors, "admin.users")
    async with data.read() as db:
        page = await list_people(db, query=query, window=pager.window)
    return reply([UserForAdmins.of(user) for user in page.items], "People.", meta=pager.meta(page))


@router.get(
    "/admin/audit-log",
    operation_id="list_audit_log",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[AuditLine]],
    status_code=200,
    responses=_LISTS,
)
async def list_audit_log(query: Annotated[AuditQuery, Query()], data: Data, cursors: PageCursors) -> Response:
    """Who changed what, newest first."""
    pager = Pager(query, cursors, "audit-log")
    async with data.read() as db:
        page = await list_what_was_done(db, query=query, window=pager.window)
    return reply([AuditLine.of(entry) for entry in page.items], "What was done.", meta=pager.meta(page))
