"""The second factor of one's own account."""

from __future__ import annotations

from fastapi import Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import Db, Now, RequestTransaction, Router, SignedIn, failures, reply
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.identity.errors import SecondFactorExists, SecondFactorNotBegun, WrongCode
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.identity.schemas import AuthenticatorSecret, CodeOnly, RecoveryCodes
from coursify.modules.identity.services.begin_second_factor import begin_second_factor
from coursify.modules.identity.services.confirm_second_factor import confirm_second_factor
from coursify.modules.identity.services.remove_second_factor import remove_second_factor

router = Router(tag="sign-in")


@router.post(
    "/users/me/totp",
    operation_id="begin_second_factor",
    policy=Policy(Who.SIGNED_IN, step_up=True, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[AuthenticatorSecret],
    status_code=201,
    responses=failures(SecondFactorExists),
)
async def post_second_factor(caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """Create a secret for your authenticator app. It takes effect when a first code confirms it."""
    begun = await begin_second_factor(db, sealer=authenticator.sealer, user_id=caller.user_id, now=now)
    return reply(AuthenticatorSecret(secret=begun.secret, uri=begun.uri), "Confirm the setup with a code.", status=201)


@router.post(
    "/users/me/totp/confirm",
    operation_id="confirm_second_factor",
    policy=Policy(Who.SIGNED_IN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[RecoveryCodes],
    status_code=200,
    responses=failures(WrongCode, SecondFactorNotBegun, SecondFactorExists, TooManyRequests),
)
async def post_second_factor_code(
    body: CodeOnly, caller: SignedIn, authenticator: WithAuthenticator, transaction: RequestTransaction
) -> Response:
    """Enable two-factor authentication with a first code. The recovery codes are shown only now."""
    codes = await confirm_second_factor(authenticator, transaction, user_id=caller.user_id, code=body.code)
    authenticator.sessions.invalidate(caller.user_id)
    return reply(
        RecoveryCodes(recovery_codes=codes),
        "Two-factor authentication enabled. Keep the recovery codes safe.",
    )


@router.delete(
    "/users/me/totp",
    operation_id="remove_second_factor",
    policy=Policy(Who.SIGNED_IN, step_up=True),
    response_model=Envelope[None],
    status_code=200,
)
async def delete_second_factor(caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """Disable two-factor authentication and delete its recovery codes."""
    await remove_second_factor(db, user_id=caller.user_id, now=now)
    authenticator.sessions.invalidate(caller.user_id)
    return reply(None, "Two-factor authentication disabled.")
