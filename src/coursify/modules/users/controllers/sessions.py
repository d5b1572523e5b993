"""Where someone is signed in, and proving the password again."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import Db, Now, Router, SignedIn, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.users import queries
from coursify.modules.users.errors import SessionNotFound, WrongCode, WrongPassword
from coursify.modules.users.guards import WithAuthenticator
from coursify.modules.users.schemas import SessionSummary, StepUp, StepUpGranted, session_summary_of
from coursify.modules.users.services import end_session as ending
from coursify.modules.users.services import step_up as stepping

router = Router(tag="sign-in")


@router.get(
    "/users/me/sessions",
    operation_id="list_sessions",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=Envelope[list[SessionSummary]],
    status_code=200,
)
async def list_sessions(caller: SignedIn, db: Db, now: Now) -> Response:
    """Your live sessions, the latest used first."""
    sessions = await queries.list_live_sessions(db, user_id=caller.user_id, now=now)
    return reply([session_summary_of(session, caller.session_id) for session in sessions], "Your sessions.")


@router.delete(
    "/users/me/sessions/{session_id}",
    operation_id="end_session",
    policy=Policy(Who.SIGNED_IN, rule="one's own"),
    response_model=Envelope[None],
    status_code=200,
    responses=failures(SessionNotFound),
)
async def end_session(
    session_id: UUID, caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now
) -> Response:
    """End one of your sessions."""
    await ending.end_session(db, user_id=caller.user_id, session_id=session_id, now=now)
    authenticator.sessions.forget(caller.user_id)
    return reply(None, "The session is over.")


@router.post(
    "/users/me/step-up",
    operation_id="step_up",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[StepUpGranted],
    status_code=200,
    responses=failures(WrongPassword, WrongCode, TooManyRequests),
)
async def step_up(body: StepUp, caller: SignedIn, authenticator: WithAuthenticator) -> Response:
    """Prove the password, and the code where a second factor is set up: sensitive operations open for 10 minutes."""
    expires_at = await stepping.step_up(authenticator, caller=caller, password=body.password, code=body.code)
    authenticator.sessions.forget(caller.user_id)
    return reply(StepUpGranted(expires_at=expires_at), "Confirmed for 10 minutes.")
