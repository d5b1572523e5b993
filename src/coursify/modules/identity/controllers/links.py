"""Links of emails: confirming an address, forgetting a password."""

from __future__ import annotations

from fastapi import Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import ClientAddress, Db, Now, Router, failures, reply
from coursify.core.schema import Envelope
from coursify.modules.identity.errors import InvalidToken
from coursify.modules.identity.guards import SIGN_IN, WithAuthenticator
from coursify.modules.identity.schemas import DeviceMark, LinkRequested, LinkToken, PasswordReset
from coursify.modules.identity.services.request_link import request_link
from coursify.modules.identity.services.reset_password import reset_password
from coursify.modules.identity.services.verify_email import verify_email
from coursify.modules.users.errors import EmailTaken
from coursify.modules.users.schemas import UserDetail

router = Router(tag="sign-in")


@router.post(
    "/users/verify-email",
    operation_id="verify_email",
    policy=SIGN_IN,
    response_model=Envelope[UserDetail],
    status_code=200,
    responses=failures(InvalidToken, EmailTaken),
)
async def post_email_token(body: LinkToken, db: Db, now: Now) -> Response:
    """Confirm an address with the token of its email: the one signed up with, or the one to change to."""
    user = await verify_email(db, token=body.token, now=now)
    return reply(UserDetail.of(user), "Your address is confirmed.")


@router.post(
    "/users/resend-verification",
    operation_id="resend_verification",
    policy=SIGN_IN,
    response_model=Envelope[None],
    status_code=202,
)
async def resend_verification(body: LinkRequested, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """Ask for the confirmation email again; the answer is the same for every address."""
    await request_link(db, sealer=authenticator.sealer, purpose="verify_email", email=body.email, now=now)
    return reply(None, "If the address waits for its confirmation, an email is on its way.", status=202)


@router.post(
    "/users/forgot-password",
    operation_id="forgot_password",
    policy=SIGN_IN,
    response_model=Envelope[None],
    status_code=202,
)
async def forgot_password(body: LinkRequested, authenticator: WithAuthenticator, db: Db, now: Now) -> Response:
    """Ask for a link that sets a new password; the answer is the same for every address."""
    await request_link(db, sealer=authenticator.sealer, purpose="reset_password", email=body.email, now=now)
    return reply(None, "If we know the address, an email is on its way.", status=202)


@router.post(
    "/users/reset-password",
    operation_id="reset_password",
    policy=SIGN_IN,
    response_model=Envelope[DeviceMark],
    status_code=200,
    responses=failures(InvalidToken, TooManyRequests),
)
async def post_new_password(body: PasswordReset, authenticator: WithAuthenticator, address: ClientAddress) -> Response:
    """Set a new password with the token of an email, once and within 20 minutes; all sessions end."""
    mark = await reset_password(authenticator, token=body.token, password=body.password, address=address)
    return reply(DeviceMark(device_token=mark), "Your password is changed. Sign in with it.")
