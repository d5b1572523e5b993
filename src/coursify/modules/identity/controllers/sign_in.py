"""Sign-up, sign-in, token refresh and sign-out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import ClientAddress, Db, Now, Router, SignedIn, failures, reply
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.identity.errors import (
    InvalidChallenge,
    InvalidCode,
    InvalidCredentials,
    InvalidRefreshToken,
    SecondFactorRequired,
)
from coursify.modules.identity.guards import CREDENTIAL, SIGN_UP, WithAuthenticator
from coursify.modules.identity.schemas import (
    Login,
    Logout,
    Refresh,
    Registration,
    SecondFactorLogin,
    SignedInSession,
    TokenPair,
)
from coursify.modules.identity.services.end_all_sessions import end_all_sessions
from coursify.modules.identity.services.log_out import log_out
from coursify.modules.identity.services.refresh_session import refresh_session
from coursify.modules.identity.services.register_user import register_user
from coursify.modules.identity.services.sign_in import sign_in
from coursify.modules.identity.services.verify_second_factor import verify_second_factor
from coursify.modules.users.errors import EmailTaken

router = Router(tag="sign-in")

UserAgent = Annotated[str | None, Header(include_in_schema=False)]
DeviceTokenHeader = Annotated[str | None, Header(alias="X-Device-Token", max_length=200)]
_SESSION = Envelope[SignedInSession]


@router.post(
    "/users/register",
    operation_id="register_user",
    policy=SIGN_UP,
    response_model=_SESSION,
    status_code=201,
    responses=failures(EmailTaken, TooManyRequests),
)
async def post_registration(
    body: Registration, authenticator: WithAuthenticator, address: ClientAddress, user_agent: UserAgent = None
) -> Response:
    """Sign up as a student or an instructor. Returns a session; an email asks to confirm the address."""
    opened = await register_user(authenticator, **body.model_dump(), client_address=address, user_agent=user_agent)
    return reply(
        SignedInSession.of(opened),
        "Account created. Please confirm your email address.",
        status=201,
    )


@router.post(
    "/users/login",
    operation_id="log_in",
    policy=CREDENTIAL,
    response_model=_SESSION,
    status_code=200,
    responses=failures(InvalidCredentials, SecondFactorRequired, TooManyRequests),
)
async def post_login(
    body: Login,
    authenticator: WithAuthenticator,
    address: ClientAddress,
    user_agent: UserAgent = None,
    device_token: DeviceTokenHeader = None,
) -> Response:
    """Sign in. Send `deviceToken` as `X-Device-Token` at the next sign-in: it identifies a known device."""
    opened = await sign_in(
        authenticator, **body.model_dump(), client_address=address, user_agent=user_agent, device_token=device_token
    )
    return reply(SignedInSession.of(opened), "Signed in.")


@router.post(
    "/users/login/second-factor",
    operation_id="verify_second_factor",
    policy=CREDENTIAL,
    response_model=_SESSION,
    status_code=200,
    responses=failures(InvalidChallenge, InvalidCode, TooManyRequests),
)
async def post_login_code(
    body: SecondFactorLogin, authenticator: WithAuthenticator, address: ClientAddress, user_agent: UserAgent = None
) -> Response:
    """Complete a sign-in with its challenge and a code of the authenticator app, or a recovery code."""
    opened = await verify_second_factor(
        authenticator, **body.model_dump(), client_address=address, user_agent=user_agent
    )
    return reply(SignedInSession.of(opened), "Signed in.")


@router.post(
    "/users/refresh-token",
    operation_id="refresh_token",
    policy=CREDENTIAL,
    response_model=Envelope[TokenPair],
    status_code=200,
    responses=failures(InvalidRefreshToken, TooManyRequests),
)
async def post_refresh_token(body: Refresh, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """Exchange a refresh token for a new pair of tokens. Sending a used refresh token again ends the session."""
    pair = await refresh_session(db, authenticator=authenticator, refresh_token=body.refresh_token, now=now)
    return reply(TokenPair.of(pair), "Tokens refreshed.")


@router.post(
    "/users/logout",
    operation_id="log_out",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[None],
    status_code=200,
)
async def post_logout(
    caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now, body: Logout | None = None
) -> Response:
    """End this session. Its tokens are invalid immediately."""
    token = body.refresh_token if body else None
    await log_out(db, user_id=caller.user_id, session_id=caller.session_id, refresh_token=token, now=now)
    authenticator.sessions.invalidate(caller.user_id)
    return reply(None, "Signed out.")


@router.post(
    "/users/logout-all",
    operation_id="log_out_everywhere",
    policy=Policy(Who.SIGNED_IN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[None],
    status_code=200,
)
async def post_logout_everywhere(caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """End all of your sessions, on every device."""
    await end_all_sessions(db, user_id=caller.user_id, now=now)
    authenticator.sessions.invalidate(caller.user_id)
    return reply(None, "Signed out on every device.")
