"""People and what was done, for admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from coursify.core.http import Data, Db, Now, PageCursors, Route, failures, reply
from coursify.core.pagination import CursorInvalid, PageTooDeep, meta_of
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.users.errors import LastAdmin, UserNotFound
from coursify.modules.users.guards import AtDesk, SignedIn
from coursify.modules.users.schemas import (
    AuditLine,
    AuditQuery,
    UserChange,
    UserForAdmins,
    UserQuery,
    detail_for_admins,
)
from coursify.modules.users.services import change_user as changing
from coursify.modules.users.services.list_people import USERS, list_people
from coursify.modules.users.services.list_what_was_done import AUDIT, list_what_was_done

router = APIRouter(route_class=Route, tags=["admin"])
_LISTS = failures(PageTooDeep, CursorInvalid)


@router.get("/admin/users", response_model=PageEnvelope[list[UserForAdmins]], status_code=200, responses=_LISTS)
async def list_users(query: Annotated[UserQuery, Query()], data: Data, cursors: PageCursors) -> Response:
    """Everyone, newest first; `search` looks for a part of a name or an address."""
    async with data.read() as db:
        page = await list_people(db, query=query, cursors=cursors)
    meta = meta_of(page, query, cursors, USERS)
    return reply([detail_for_admins(user) for user in page.items], "People.", meta=meta)


@router.put(
    "/admin/users/{user_id}",
    response_model=Envelope[UserForAdmins],
    status_code=200,
    responses=failures(UserNotFound, LastAdmin),
)
async def change_user(user_id: UUID, body: UserChange, caller: SignedIn, desk: AtDesk, db: Db, now: Now) -> Response:
    """Change someone's role, suspend or restore them; the last active admin stays one."""
    user = await changing.change_user(
        db, actor_id=caller.user_id, user_id=user_id, role=body.role, status=body.status, now=now
    )
    desk.sessions.forget(user_id)
    return reply(detail_for_admins(user), "The person is changed.")


@router.get("/admin/audit-log", response_model=PageEnvelope[list[AuditLine]], status_code=200, responses=_LISTS)
async def list_audit_log(query: Annotated[AuditQuery, Query()], data: Data, cursors: PageCursors) -> Response:
    """Who changed what, newest first."""
    async with data.read() as db:
        page = await list_what_was_done(db, query=query, cursors=cursors)
    meta = meta_of(page, query, cursors, AUDIT)
    return reply([AuditLine.model_validate(entry) for entry in page.items], "What was done.", meta=meta)
