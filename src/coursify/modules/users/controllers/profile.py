"""A person's own account."""

from __future__ import annotations

from fastapi import APIRouter, Response

from coursify.core.http import Db, Now, Route, failures, reply
from coursify.core.schema import Envelope
from coursify.modules.users import queries
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.guards import SignedIn
from coursify.modules.users.models import User
from coursify.modules.users.schemas import ProfileUpdate, UserDetail
from coursify.modules.users.services.update_profile import update_profile

router = APIRouter(route_class=Route, tags=["users"])


@router.get("/users/me", response_model=Envelope[UserDetail], status_code=200)
async def get_me(caller: SignedIn, db: Db) -> Response:
    """Your own account."""
    return reply(detail_of(await queries.get_user(db, caller.user_id)), "This is you.")


@router.put("/users/me", response_model=Envelope[UserDetail], status_code=200, responses=failures(UserNotFound))
async def update_me(caller: SignedIn, body: ProfileUpdate, db: Db, now: Now) -> Response:
    """Change name, biography (a little HTML) or picture (an https address)."""
    changes = body.model_dump(exclude_unset=True)
    user = await update_profile(db, user_id=caller.user_id, changes=changes, now=now)
    return reply(detail_of(user), "Your profile is changed.")


def detail_of(user: User) -> UserDetail:
    return UserDetail(
        id=user.id,
        name=user.display_name,
        email=user.email or "",
        email_verified=user.is_email_verified,
        role=user.role,
        bio=user.bio,
        avatar_url=user.avatar_url,
        created_at=user.created_at,
    )
