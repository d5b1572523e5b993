"""A person's own account."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.errors import TooManyRequests
from coursify.core.http import Data, Db, Now, Router, SignedIn, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.users import queries
from coursify.modules.users.errors import EmailTaken, EmailUnverified, UserNotFound, WrongPassword
from coursify.modules.users.guards import WithAuthenticator
from coursify.modules.users.schemas import EmailChange, PasswordChange, ProfileUpdate, UserDetail, detail_of
from coursify.modules.users.services.change_password import change_password
from coursify.modules.users.services.request_email_change import request_email_change
from coursify.modules.users.services.update_profile import update_profile

router = Router(tag="users")


@router.get(
    "/users/me",
    operation_id="get_me",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=Envelope[UserDetail],
    status_code=200,
)
async def get_me(caller: SignedIn, data: Data) -> Response:
    """Your own account."""
    async with data.read() as db:
        return reply(detail_of(await queries.get_user(db, caller.user_id)), "This is you.")


@router.put(
    "/users/me",
    operation_id="update_me",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[UserDetail],
    status_code=200,
)
async def update_me(caller: SignedIn, body: ProfileUpdate, db: Db, now: Now) -> Response:
    """Change name, biography (plain text) or picture (an https address)."""
    changes = body.model_dump(exclude_unset=True)
    user = await update_profile(db, caller=caller, user_id=caller.user_id, changes=changes, now=now)
    return reply(detail_of(user), "Your profile is changed.")


@router.put(
    "/users/me/password",
    operation_id="update_my_password",
    policy=Policy(Who.SIGNED_IN, rule="with the present password"),
    response_model=Envelope[None],
    status_code=200,
    responses=failures(WrongPassword, TooManyRequests),
)
async def update_my_password(caller: SignedIn, body: PasswordChange, authenticator: WithAuthenticator) -> Response:
    """Change your password; all other sessions end."""
    await change_password(authenticator, caller=caller, **body.model_dump())
    authenticator.sessions.forget(caller.user_id)
    return reply(None, "Your password is changed. All other sessions have ended.")


@router.put(
    "/users/me/email",
    operation_id="update_my_email",
    policy=Policy(Who.SIGNED_IN, rule="with the present password, from a confirmed address"),
    response_model=Envelope[UserDetail],
    status_code=200,
    responses=failures(WrongPassword, EmailUnverified, EmailTaken, TooManyRequests),
)
async def update_my_email(caller: SignedIn, body: EmailChange, authenticator: WithAuthenticator) -> Response:
    """Change your address: the new one counts once it is confirmed, the present one is told."""
    user = await request_email_change(authenticator, caller=caller, **body.model_dump())
    return reply(detail_of(user), "A letter is on its way to the new address; confirm it there.")


@router.put(
    "/users/{user_id:uuid}",
    operation_id="update_user",
    policy=Policy(Who.SIGNED_IN, rule="oneself or an admin"),
    response_model=Envelope[UserDetail],
    status_code=200,
    responses=failures(UserNotFound),
)
async def update_user(user_id: UUID, caller: SignedIn, body: ProfileUpdate, db: Db, now: Now) -> Response:
    """As `PUT /users/me`, for oneself or by an admin."""
    changes = body.model_dump(exclude_unset=True)
    user = await update_profile(db, caller=caller, user_id=user_id, changes=changes, now=now)
    return reply(detail_of(user), "The profile is changed.")
