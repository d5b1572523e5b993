"""One's own sessions, and the step-up of one."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import Db, Now, Router, SignedIn, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.identity.errors import SessionNotFound, WrongCode, WrongPassword
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.identity.queries import sessions
from coursify.modules.identity.schemas import SessionSummary, StepUp, StepUpGranted
from coursify.modules.identity.services.end_session import end_session
from coursify.modules.identity.services.step_up import step_up

router = Router(tag="sign-in")


@router.get(
    "/users/me/sessions",
    operation_id="list_sessions",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=Envelope[list[SessionSummary]],
    status_code=200,
)
async def list_sessions(caller: SignedIn, db: Db, now: Now) -> Response:
    """Your active sessions, the most recently used first."""
    live = await sessions.list_live_sessions(db, user_id=caller.user_id, now=now)
    return reply([SessionSummary.of(session, current_id=caller.session_id) for session in live], "Your sessions.")


@router.delete(
    "/users/me/sessions/{session_id}",
    operation_id="end_session",
    policy=Policy(Who.SIGNED_IN, rule="one's own"),
    response_model=Envelope[None],
    status_code=200,
    responses=failures(SessionNotFound),
)
async def delete_session(
    session_id: UUID, caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now
) -> Response:
    """End one of your sessions."""
    await end_session(db, user_id=caller.user_id, session_id=session_id, now=now)
    authenticator.sessions.invalidate(caller.user_id)
    return reply(None, "Session ended.")


@router.post(
    "/users/me/step-up",
    operation_id="step_up",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[StepUpGranted],
    status_code=200,
    responses=failures(WrongPassword, WrongCode, TooManyRequests),
)
async def post_step_up(body: StepUp, caller: SignedIn, authenticator: WithAuthenticator) -> Response:
    """Confirm your password, and a code if you have a second factor: allows sensitive operations for 10 minutes."""
    expires_at = await step_up(authenticator, caller=caller, password=body.password, code=body.code)
    authenticator.sessions.invalidate(caller.user_id)
    return reply(StepUpGranted(expires_at=expires_at), "Confirmed for 10 minutes.")
