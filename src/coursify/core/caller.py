"""The authenticated caller of a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Role = Literal["student", "instructor", "admin"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Role and state come from the database, never from the token."""

    user_id: UUID
    session_id: UUID
    role: Role
    is_email_verified: bool
    authenticated_at: datetime

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


def id_of(caller: Caller | None) -> UUID | None:
    return caller.user_id if caller else None
