"""Authenticates a request and checks the role and the step-up that its operation requires."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.errors import Forbidden, SecondFactorMissing, StepUpRequired, Unauthorized
from coursify.core.http import resources_of
from coursify.core.http.context import Authenticate
from coursify.core.http.dependencies import CHALLENGE, INVALID_TOKEN
from coursify.core.policy import KIB, ROLES, Policy, Who
from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator, IdentityResources
from coursify.modules.identity.limits import DENIALS_BY_ACCOUNT
from coursify.modules.identity.models import SessionState
from coursify.modules.identity.policies import has_stepped_up


def make_authenticate(resources: IdentityResources) -> Authenticate:
    """Every route authenticates first. Where anyone may read, a credential that is not valid is ignored."""

    async def authenticate(request: Request, policy: Policy) -> Caller | None:
        credentials = request.headers.getlist("authorization")
        if policy.ignores_credential:
            return None
        if not credentials:
            if policy.who is Who.ANYONE:
                return None
            raise Unauthorized(headers=CHALLENGE)
        try:
            return await _authenticate_credential(resources, request, policy, credentials)
        except Unauthorized as invalid:
            # A reader whose token has expired sees what everyone sees; a write never loses its author silently.
            if policy.who is Who.ANYONE and request.method == "GET":
                return None
            raise Unauthorized(headers=INVALID_TOKEN) from invalid

    return authenticate


async def _authenticate_credential(
    resources: IdentityResources, request: Request, policy: Policy, credentials: list[str]
) -> Caller:
    """Raises Unauthorized for what is no access token of ours, or one that has expired, and for an ended session."""
    scheme, _, token = credentials[0].partition(" ")
    if len(credentials) > 1 or scheme.lower() != "bearer":
        raise Unauthorized
    claims = resources.authenticator.tokens.read(token.strip())
    return await authenticate_session(resources, request, policy, user_id=claims.user_id, session_id=claims.session_id)


async def authenticate_session(
    resources: IdentityResources, request: Request, policy: Policy, *, user_id: UUID, session_id: UUID
) -> Caller:
    """The caller of a credential that has been verified. Raises Unauthorized when its session has ended, Forbidden."""
    try:
        return await _authenticate_session(resources, policy, user_id=user_id, session_id=session_id)
    except AccessDenied as denied:
        if policy.who is Who.ADMIN and request.method != "GET":
            await _record_denial(resources, request, denied)
        raise denied.error from denied


@dataclasses.dataclass(eq=False)
class AccessDenied(Exception):
    """An authenticated user does not have the permission."""

    user_id: UUID
    error: Forbidden


async def _record_denial(resources: IdentityResources, request: Request, denied: AccessDenied) -> None:
    """Audits a denied attempt at an admin operation. A rate limit keeps one user from filling the audit log."""
    if resources.counters.count(Bucket(DENIALS_BY_ACCOUNT, str(denied.user_id))).is_over:
        return
    details = {"operation": request.scope["route"].id, "why": denied.error.code}
    async with resources.database.transaction() as (db, _now):
        await audit.record(
            db,
            actor_id=denied.user_id,
            action="admin.denied",
            target_type="user",
            target_id=denied.user_id,
            details=details,
        )


async def _authenticate_session(
    resources: IdentityResources, policy: Policy, *, user_id: UUID, session_id: UUID
) -> Caller:
    authenticator = resources.authenticator
    must_have_factor = resources.settings.app.require_admin_second_factor
    now = resources.clock.wall()
    state = await authenticator.sessions.find(session_id)
    if _refusal_of(state, policy, now, must_have_factor=must_have_factor):
        # Never refuse from the cache: another replica may have changed the role or recorded a step-up just now.
        state = await authenticator.sessions.fetch(session_id)
    refusal = _refusal_of(state, policy, now, must_have_factor=must_have_factor)
    if state is None or state.user_id != user_id:
        raise Unauthorized(headers=CHALLENGE)
    if isinstance(refusal, Forbidden):
        raise AccessDenied(state.user_id, refusal)
    if refusal:
        raise refusal
    return _caller(state, must_have_factor=must_have_factor)


def _refusal_of(
    state: SessionState | None, policy: Policy, now: datetime, *, must_have_factor: bool
) -> Exception | None:
    if state is None or not state.is_alive(now):
        return Unauthorized(headers=CHALLENGE)
    caller = _caller(state, must_have_factor=must_have_factor)
    if caller.role not in ROLES[policy.who]:
        return Forbidden() if caller.role == state.role else SecondFactorMissing()
    if policy.step_up and not has_stepped_up(caller, now):
        return StepUpRequired()
    return None


def _caller(state: SessionState, *, must_have_factor: bool) -> Caller:
    """An admin without a required second factor has the role of a student until it is enabled."""
    caller = state.caller()
    if must_have_factor and caller.is_admin and not state.has_second_factor:
        return dataclasses.replace(caller, role="student")
    return caller


async def _authenticator(request: Request) -> Authenticator:
    return resources_of(request, IdentityResources).authenticator


# Links that somebody asks for: every request counts, because it may send an email.
SIGN_IN = Policy(Who.ANYONE, rate="sign_in", max_body_bytes=128 * KIB, ignores_credential=True)
# With a password, a code or a token: a school's learners share one address.
CREDENTIAL = dataclasses.replace(SIGN_IN, counts_failures_only=True)
SIGN_UP = dataclasses.replace(SIGN_IN, rate="sign_up")
WithAuthenticator = Annotated[Authenticator, Depends(_authenticator)]
