"""Changes of the password and the email address of one's own account."""

from __future__ import annotations

from fastapi import Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import Router, SignedIn, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.identity.errors import WrongPassword
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.identity.schemas import EmailChange, PasswordChange
from coursify.modules.identity.services.change_password import change_password
from coursify.modules.identity.services.request_email_change import request_email_change
from coursify.modules.users.errors import EmailTaken
from coursify.modules.users.schemas import UserDetail

router = Router(tag="users")


@router.put(
    "/users/me/password",
    operation_id="update_my_password",
    policy=Policy(Who.SIGNED_IN, rule="with the current password"),
    response_model=Envelope[None],
    status_code=200,
    responses=failures(WrongPassword, TooManyRequests),
)
async def update_my_password(caller: SignedIn, body: PasswordChange, authenticator: WithAuthenticator) -> Response:
    """Change your password. All other sessions end."""
    await change_password(authenticator, caller=caller, **body.model_dump())
    authenticator.sessions.invalidate(caller.user_id)
    return reply(None, "Password changed. All other sessions have ended.")


@router.put(
    "/users/me/email",
    operation_id="update_my_email",
    policy=Policy(Who.SIGNED_IN, rule="with the current password"),
    response_model=Envelope[UserDetail],
    status_code=200,
    responses=failures(WrongPassword, EmailTaken, TooManyRequests),
)
async def update_my_email(caller: SignedIn, body: EmailChange, authenticator: WithAuthenticator) -> Response:
    """Request a new email address. It takes effect when it is confirmed; a confirmed current address is notified.

    Another spelling of the current address, such as other capitals, takes effect at once.
    """
    user = await request_email_change(authenticator, caller=caller, **body.model_dump())
    is_done = user.email == body.email
    message = "Email address changed." if is_done else "We have sent a confirmation link to the new email address."
    return reply(UserDetail.of(user), message)
