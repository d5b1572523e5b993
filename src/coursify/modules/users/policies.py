"""Who may manage or see an account. Pure."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.modules.users.models import User


def can_manage(caller: Caller, user_id: UUID) -> bool:
    """Users manage their own account, admins any account."""
    return caller.user_id == user_id or caller.is_admin


def can_see_profile(user: User) -> bool:
    """The profile of an active instructor is public."""
    return user.role == "instructor" and user.is_active
