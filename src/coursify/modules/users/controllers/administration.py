"""Lists of users and of the audit log, for admins. courses has the operation that changes a user."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from coursify.core.http import PageCursors, Router, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import PageEnvelope
from coursify.modules.users.schemas import AuditLogEntry, AuditQuery, UserForAdmins, UserQuery
from coursify.modules.users.services.list_audit_log import list_audit_log
from coursify.modules.users.services.list_users import list_users

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
async def get_users(query: Annotated[UserQuery, Query()], database: WithDatabase, cursors: PageCursors) -> Response:
    """List users, newest first. `search` matches a part of a name or an email address."""
    pager = Pager(query, cursors, "admin.users")
    async with database.read() as db:
        page = await list_users(db, query=query, window=pager.window)
    return reply([UserForAdmins.of(user) for user in page.items], "Users.", meta=pager.meta(page))


@router.get(
    "/admin/audit-log",
    operation_id="list_audit_log",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[AuditLogEntry]],
    status_code=200,
    responses=_LISTS,
)
async def get_audit_log(
    query: Annotated[AuditQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """List who changed what, newest first."""
    pager = Pager(query, cursors, "admin.audit_log")
    async with database.read() as db:
        page = await list_audit_log(db, query=query, window=pager.window)
    return reply([AuditLogEntry.of(entry) for entry in page.items], "Audit log.", meta=pager.meta(page))
