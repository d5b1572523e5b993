"""The rows of users, and what is always true of one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from coursify.core.caller import Role

Status = Literal["active", "suspended", "erased"]
# A minus sign is the other way round.
PeopleOrder = Literal["name", "-name", "joined", "-joined"]
AuditOrder = Literal["at", "-at"]

FORMER_MEMBER = "Former member"


def canonical_email(email: str) -> str:
    """The form in which two email addresses are compared: trimmed, NFKC, case-folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email.strip()).casefold())


@dataclass(frozen=True, slots=True)
class User:
    """A user account. An erased one has neither name nor email address.

    `avatar_url` is an address that the user gave, `avatar_path` an uploaded picture: at most one of the two is set.
    """

    id: UUID
    email: str | None
    name: str | None
    bio: str | None
    avatar_url: str | None
    avatar_path: str | None
    avatar_asset_id: UUID | None
    role: Role
    status: Status
    email_verified_at: datetime | None
    created_at: datetime

    @property
    def display_name(self) -> str:
        return self.name or FORMER_MEMBER

    @property
    def is_email_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    @property
    def may_sell(self) -> bool:
        """Whether the user's courses are for sale. The SQL of courses has the same condition."""
        return self.is_active and self.role in {"instructor", "admin"}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: int
    actor_id: UUID | None
    action: str
    target_type: str
    target_id: UUID
    details: dict[str, Any]
    request_id: str | None
    at: datetime
