"""The requests and responses about users."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from coursify.core.caller import Role
from coursify.core.pagination import PageQuery
from coursify.core.pictures import avatar_url
from coursify.core.schema import Input, Line, Moment, Omittable, Output, Prose
from coursify.modules.users.avatar_urls import check_avatar_url
from coursify.modules.users.models import AuditEntry, User
from coursify.modules.users.person_names import check_person_name

# The length is checked first: looking for links in a long text takes long.
Name = Annotated[Line, Field(max_length=100, examples=["Ada Lovelace"]), AfterValidator(check_person_name)]
Bio = Annotated[
    Prose, Field(max_length=5_000, description="plain text, stored exactly as sent: escape it when you render it")
]
AvatarUrl = Annotated[str, Field(max_length=500, json_schema_extra={"format": "uri"}), AfterValidator(check_avatar_url)]


class UserQuery(PageQuery):
    """`search` matches a part of a name or an email address, literally."""

    search: Annotated[Prose, Field(min_length=1, max_length=200)] | None = None
    role: Role | None = None
    status: Literal["active", "suspended", "erased"] | None = None


class AuditQuery(PageQuery):
    actor_id: UUID | None = None
    target_id: UUID | None = None
    action: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z_.]+$")] | None = None


class ProfileUpdate(Input):
    """An absent field stays unchanged; null clears it."""

    name: Omittable[Name]
    bio: Bio | None = None
    avatar_url: AvatarUrl | None = None


class UserDetail(Output):
    """A user, as the user sees it."""

    id: UUID
    name: str
    email: str | None
    email_verified: bool
    role: Role
    bio: str | None
    avatar_url: str | None
    created_at: Moment

    @classmethod
    def of(cls, user: User) -> UserDetail:
        return cls(**fields_of(user))


class UserForAdmins(UserDetail):
    status: Literal["active", "suspended", "erased"]

    @classmethod
    def of(cls, user: User) -> UserForAdmins:
        return cls(**fields_of(user), status=user.status)


class AuditLogEntry(Output):
    id: int
    actor_id: UUID | None
    action: str
    target_type: str
    target_id: UUID
    details: dict[str, Any]
    request_id: str | None
    at: Moment

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditLogEntry:
        return cls.model_validate(entry)


def fields_of(user: User) -> dict[str, Any]:
    """What a person sees of their own account."""
    return {
        "id": user.id,
        "name": user.display_name,
        "email": user.email,
        "email_verified": user.is_email_verified,
        "role": user.role,
        "bio": user.bio,
        "avatar_url": avatar_url(user.avatar_path, user.avatar_url),
        "created_at": user.created_at,
    }
