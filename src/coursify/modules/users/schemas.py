"""The shape of what comes in and goes out about people and sign-ins."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field

from coursify.core.operations import Role
from coursify.core.schema import Input, Line, Moment, Output, Prose
from coursify.modules.users.text import check_avatar_url, check_password, clean_bio

MAX_EMAIL = 254


def _address(value: object) -> object:
    """Trimmed and checked by syntax; the spelling of the local part is kept."""
    if not isinstance(value, str):
        return value
    if len(value) > MAX_EMAIL:
        raise ValueError("must be an e-mail address of at most 254 characters")
    try:
        return validate_email(value.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError("must be an e-mail address") from error


Email = Annotated[str, BeforeValidator(_address), Field(max_length=MAX_EMAIL, json_schema_extra={"format": "email"})]
NewPassword = Annotated[
    str,
    AfterValidator(check_password),
    Field(min_length=8, max_length=128, description="at least one special character, not a common password"),
]
Password = Annotated[str, Field(min_length=1, max_length=128)]
Name = Annotated[Line, Field(max_length=100)]
Bio = Annotated[Prose, Field(max_length=5_000), AfterValidator(clean_bio)]
AvatarUrl = Annotated[str, AfterValidator(check_avatar_url), Field(max_length=500, json_schema_extra={"format": "uri"})]
OpaqueToken = Annotated[str, Field(min_length=1, max_length=200)]


class Registration(Input):
    name: Name
    email: Email
    password: NewPassword
    role: Literal["student", "instructor"] = "student"


class Login(Input):
    email: Email
    password: Password


class Refresh(Input):
    refresh_token: OpaqueToken


class ProfileUpdate(Input):
    """An absent field is left alone; null empties it."""

    name: Name = Field(default="")
    bio: Bio | None = None
    avatar_url: AvatarUrl | None = None


class UserDetail(Output):
    """A person as the person sees it."""

    id: UUID
    name: str
    email: str
    email_verified: bool
    role: Role
    bio: str | None
    avatar_url: str | None
    created_at: Moment


class SignedInSession(Output):
    """The two tokens of a sign-in; `expiresIn` in seconds counts for the access token."""

    user: UserDetail
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"
    device_token: str


class TokenPair(Output):
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"
