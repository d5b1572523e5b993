"""An admin changes someone's role or status, and the courses they sell follow in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core.caller import Role
from coursify.core.database import Connection
from coursify.modules.courses.models import SalesChange
from coursify.modules.courses.services.align_sales import align_sales
from coursify.modules.identity.services.change_user import change_user
from coursify.modules.users.models import User


async def change_seller(
    db: Connection,
    *,
    actor_id: UUID,
    user_id: UUID,
    role: Role | None,
    status: Literal["active", "suspended"] | None,
    now: datetime,
) -> tuple[User, SalesChange]:
    """Raises UserNotFound, LastAdmin."""
    user = await change_user(db, actor_id=actor_id, user_id=user_id, role=role, status=status, now=now)
    return user, await align_sales(db, actor_id=actor_id, instructor_id=user_id, now=now)
