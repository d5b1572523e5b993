"""/users/me: one's own account, and what is left to do in it."""

from __future__ import annotations

from fastapi import Response

from coursify.core.http import Configuration, Db, Now, Router, SignedIn, WithDatabase, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.identity.schemas import Me
from coursify.modules.identity.services.list_todo import list_todo
from coursify.modules.users.queries import users
from coursify.modules.users.schemas import ProfileUpdate
from coursify.modules.users.services.update_profile import update_profile

router = Router(tag="users")


@router.get(
    "/users/me",
    operation_id="get_me",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=Envelope[Me],
    status_code=200,
)
async def get_me(caller: SignedIn, database: WithDatabase, configuration: Configuration) -> Response:
    """Get your own account, and what is left to do in it."""
    must_have_factor = configuration.app.require_admin_second_factor
    async with database.read() as db:
        user = await users.get_user(db, caller.user_id)
        todo = await list_todo(db, user, must_have_factor=must_have_factor)
    return reply(Me.with_todo(user, todo), "Your account.")


@router.put(
    "/users/me",
    operation_id="update_me",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[Me],
    status_code=200,
)
async def update_me(caller: SignedIn, body: ProfileUpdate, configuration: Configuration, db: Db, now: Now) -> Response:
    """Change name, biography (plain text) or picture (an https address)."""
    changes = body.model_dump(exclude_unset=True)
    user = await update_profile(db, caller=caller, user_id=caller.user_id, changes=changes, now=now)
    todo = await list_todo(db, user, must_have_factor=configuration.app.require_admin_second_factor)
    return reply(Me.with_todo(user, todo), "Your profile was updated.")
