"""Notices in the hands of admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, Router, Seal, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.notices import queries
from coursify.modules.notices.errors import (
    AnotherAdminNeeded,
    DecisionNotPossible,
    NoticeDecided,
    NoticeNotFound,
    SubjectDeleted,
)
from coursify.modules.notices.schemas import NoticeDecision, NoticeForAdmins, NoticeQuery
from coursify.modules.notices.services.decide_notice import decide_notice
from coursify.modules.notices.services.list_notices import list_notices

router = Router(tag="admin")


@router.get(
    "/admin/notices",
    operation_id="list_admin_notices",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[NoticeForAdmins]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_admin_notices(
    query: Annotated[NoticeQuery, Query()], database: WithDatabase, cursors: PageCursors, sealer: Seal
) -> Response:
    """Notices of one status or all, newest first; `open` and `appealed` ones wait for a decision."""
    pager = Pager(query, cursors, "admin.notices", query.status)
    async with database.read() as db:
        page = await list_notices(db, status=query.status, window=pager.window)
    return reply([NoticeForAdmins.of(notice, sealer) for notice in page.items], "Notices.", meta=pager.meta(page))


@router.get(
    "/admin/notices/{notice_id}",
    operation_id="get_admin_notice",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=Envelope[NoticeForAdmins],
    responses=failures(NoticeNotFound),
)
async def get_admin_notice(notice_id: UUID, database: WithDatabase, sealer: Seal) -> Response:
    """One notice with its words, both sides, the decisions and the appeal."""
    async with database.read() as db:
        notice = await queries.get_notice(db, notice_id)
    return reply(NoticeForAdmins.of(notice, sealer), "Notice.")


@router.post(
    "/admin/notices/{notice_id}/decide",
    operation_id="decide_notice",
    policy=Policy(Who.ADMIN, rule="an appeal: another admin", idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[NoticeForAdmins],
    responses=failures(NoticeNotFound, NoticeDecided, DecisionNotPossible, AnotherAdminNeeded, SubjectDeleted),
)
async def post_decision(
    notice_id: UUID, caller: SignedIn, body: NoticeDecision, sealer: Seal, db: Db, now: Now
) -> Response:
    """Decide about an open notice or an appeal; it is carried out, and both sides get the statement by email."""
    notice = await decide_notice(db, caller=caller, notice_id=notice_id, verdict=body.verdict(), now=now)
    return reply(NoticeForAdmins.of(notice, sealer), "Notice decided.")
