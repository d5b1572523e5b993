"""May this person do this to that account? Pure."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.modules.users.models import User


def can_manage(caller: Caller, user_id: UUID) -> bool:
    """One's own account, or any as an admin."""
    return caller.user_id == user_id or caller.is_admin


def can_see_profile(user: User) -> bool:
    """Everyone may see who teaches here; nobody else is public."""
    return user.role == "instructor" and user.is_active
