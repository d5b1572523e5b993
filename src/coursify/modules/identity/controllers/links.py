"""Links in emails: confirm an email address, reset a password."""

from __future__ import annotations

from fastapi import Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import ClientAddress, Configuration, Db, Now, Router, failures, reply
from coursify.core.schema import Envelope
from coursify.modules.identity.errors import InvalidToken
from coursify.modules.identity.guards import CREDENTIAL, SIGN_IN, WithAuthenticator
from coursify.modules.identity.schemas import DeviceToken, EmailOnly, LinkToken, PasswordReset
from coursify.modules.identity.services.request_link import request_link
from coursify.modules.identity.services.reset_password import reset_password
from coursify.modules.identity.services.verify_email import verify_email
from coursify.modules.users.errors import EmailTaken
from coursify.modules.users.schemas import UserDetail

router = Router(tag="sign-in")


@router.post(
    "/users/verify-email",
    operation_id="verify_email",
    policy=CREDENTIAL,
    response_model=Envelope[UserDetail],
    status_code=200,
    responses=failures(InvalidToken, EmailTaken),
)
async def post_email_token(body: LinkToken, db: Db, now: Now, configuration: Configuration) -> Response:
    """Confirm an email address with the token of its link: the address of a sign-up or of a requested change."""
    user = await verify_email(db, token=body.token, server_key=configuration.keys.server_key, now=now)
    return reply(UserDetail.of(user), "Email address confirmed.")


@router.post(
    "/users/resend-verification",
    operation_id="resend_verification",
    policy=SIGN_IN,
    response_model=Envelope[None],
    status_code=202,
)
async def resend_verification(body: EmailOnly, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """Send the confirmation link again. The response is the same for every email address."""
    await request_link(db, sealer=authenticator.sealer, purpose="verify_email", email=body.email, now=now)
    return reply(None, "If this email address is waiting for confirmation, we have sent a link.", status=202)


@router.post(
    "/users/forgot-password",
    operation_id="forgot_password",
    policy=SIGN_IN,
    response_model=Envelope[None],
    status_code=202,
)
async def forgot_password(body: EmailOnly, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """Send a link that sets a new password. The response is the same for every email address."""
    await request_link(db, sealer=authenticator.sealer, purpose="reset_password", email=body.email, now=now)
    return reply(None, "If an account with this email address exists, we have sent a link.", status=202)


@router.post(
    "/users/reset-password",
    operation_id="reset_password",
    policy=CREDENTIAL,
    response_model=Envelope[DeviceToken],
    status_code=200,
    responses=failures(InvalidToken, TooManyRequests),
)
async def post_new_password(body: PasswordReset, authenticator: WithAuthenticator, address: ClientAddress) -> Response:
    """Set a new password with the token of a link, which is valid once and for 20 minutes. All sessions end."""
    device_token = await reset_password(authenticator, token=body.token, password=body.password, client_address=address)
    return reply(DeviceToken(device_token=device_token), "Password changed. Sign in with the new password.")
