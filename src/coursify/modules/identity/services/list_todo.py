"""What a person still has to do in their account."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.modules.identity.models import Todo
from coursify.modules.identity.queries import second_factors
from coursify.modules.users.models import User


async def list_todo(db: Connection, user: User, *, must_have_factor: bool) -> list[Todo]:
    """`confirm_email` until the address is confirmed; `set_up_second_factor` for an admin who must have one."""
    todo: list[Todo] = [] if user.is_email_verified else ["confirm_email"]
    if must_have_factor and user.role == "admin":
        factor = await second_factors.find_second_factor(db, user.id)
        if factor is None or not factor.is_confirmed:
            todo.append("set_up_second_factor")
    return todo
