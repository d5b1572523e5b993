"""The profile of any account for admins, and of one's own by its id."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.http import Db, Now, Router, SignedIn, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.schemas import ProfileUpdate, UserDetail
from coursify.modules.users.services.update_profile import update_profile

router = Router(tag="users")


@router.put(
    "/users/{user_id:uuid}",
    operation_id="update_user",
    policy=Policy(Who.SIGNED_IN, rule="oneself or an admin"),
    response_model=Envelope[UserDetail],
    status_code=200,
    responses=failures(UserNotFound),
)
async def update_user(user_id: UUID, caller: SignedIn, body: ProfileUpdate, db: Db, now: Now) -> Response:
    """Change a profile like `PUT /users/me`: your own, or any profile as an admin."""
    changes = body.model_dump(exclude_unset=True)
    user = await update_profile(db, caller=caller, user_id=user_id, changes=changes, now=now)
    return reply(UserDetail.of(user), "Profile updated.")
