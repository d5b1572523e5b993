"""Who is asking: the credential, the role and the step-up that the policy table wants, by the server's own state."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from coursify.core import audit
from coursify.core.errors import Forbidden, SecondFactorMissing, StepUpRequired, Unauthorized
from coursify.core.http.address import client_address
from coursify.core.http.route import Identify
from coursify.core.http.wants import caller_of
from coursify.core.operations import ROLES, Caller, Operation, Who
from coursify.core.ratelimit import Bucket
from coursify.modules.users.desk import Desk
from coursify.modules.users.limits import DENIALS_BY_ACCOUNT
from coursify.modules.users.models import SessionState
from coursify.modules.users.policies import has_stepped_up

CHALLENGE = {"WWW-Authenticate": "Bearer"}


def make_gate(desk: Desk) -> Identify:
    """The gate that every route asks first; a credential that is given must be good, also where none is needed."""

    async def identify(request: Request, operation: Operation) -> Caller | None:
        credentials = request.headers.getlist("authorization")
        if operation.ignores_credential:
            return None
        if not credentials:
            if operation.who is Who.ANYONE:
                return None
            raise Unauthorized(headers=CHALLENGE)
        scheme, _, token = credentials[0].partition(" ")
        if len(credentials) > 1 or scheme.lower() != "bearer":
            raise Unauthorized(headers=CHALLENGE)
        try:
            return await _admit(desk, token.strip(), operation)
        except Refused as refused:
            if operation.who is Who.ADMIN and request.method != "GET":
                await _record_denial(desk, request, refused)
            raise refused.refusal from refused

    return identify


@dataclasses.dataclass(eq=False)
class Refused(Exception):
    """A person whom we know may not do this."""

    user_id: UUID
    refusal: Forbidden


async def _record_denial(desk: Desk, request: Request, refused: Refused) -> None:
    """Whoever tries what is an admin's leaves a line in the audit log, and cannot fill it."""
    if desk.tallies.count(Bucket(DENIALS_BY_ACCOUNT, str(refused.user_id))).is_over:
        return
    details = {"operation": request.scope["route"].name, "why": refused.refusal.code}
    async with desk.database.transaction() as (db, _now):
        await audit.record(
            db,
            actor_id=refused.user_id,
            action="admin.denied",
            target_type="user",
            target_id=refused.user_id,
            details=details,
        )


async def _admit(desk: Desk, token: str, operation: Operation) -> Caller:
    try:
        claims = desk.tokens.read(token)
    except Unauthorized as unreadable:
        raise Unauthorized(headers=CHALLENGE) from unreadable
    now = desk.clock.wall()
    state = await desk.sessions.find(claims.session_id)
    if _refusal(desk, state, operation, now):
        # Never refuse from memory: a promotion or a step-up may have happened on another replica just now.
        state = await desk.sessions.ask(claims.session_id)
    refusal = _refusal(desk, state, operation, now)
    if state is None or state.user_id != claims.user_id:
        raise Unauthorized(headers=CHALLENGE)
    if isinstance(refusal, Forbidden):
        raise Refused(state.user_id, refusal)
    if refusal:
        raise refusal
    return _caller(desk, state)


def _refusal(desk: Desk, state: SessionState | None, operation: Operation, now: datetime) -> Exception | None:
    if state is None or not state.is_alive(now):
        return Unauthorized(headers=CHALLENGE)
    caller = _caller(desk, state)
    if caller.role not in ROLES[operation.who]:
        return Forbidden() if caller.role == state.role else SecondFactorMissing()
    if operation.step_up and not has_stepped_up(caller, now):
        return StepUpRequired()
    return None


def _caller(desk: Desk, state: SessionState) -> Caller:
    """An admin who must have a second factor, and has none, counts as a student until it is set up."""
    caller = state.caller()
    if desk.requires_admin_second_factor and caller.is_admin and not state.has_second_factor:
        return dataclasses.replace(caller, role="student")
    return caller


async def _want_caller(request: Request) -> Caller:
    caller = caller_of(request)
    if caller is None:
        raise Unauthorized(headers=CHALLENGE)
    return caller


async def _want_caller_if_any(request: Request) -> Caller | None:
    return caller_of(request)


async def _want_desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _want_address(request: Request) -> str:
    desk: Desk = request.app.state.desk
    return client_address(request.scope, desk.trusted_proxies)


SignedIn = Annotated[Caller, Depends(_want_caller)]
MaybeSignedIn = Annotated[Caller | None, Depends(_want_caller_if_any)]
AtDesk = Annotated[Desk, Depends(_want_desk)]
ClientAddress = Annotated[str, Depends(_want_address)]
