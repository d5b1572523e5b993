"""The shape of what comes in and goes out about people and sign-ins."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema

from coursify.core.caller import Role
from coursify.core.pagination import PageQuery
from coursify.core.schema import Input, Line, Moment, Output, Prose
from coursify.modules.users.models import Session, User
from coursify.modules.users.text import check_avatar_url, check_password

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
Bio = Annotated[
    Prose, Field(max_length=5_000, description="plain text, kept exactly as typed: escape it when you render it")
]
AvatarUrl = Annotated[str, AfterValidator(check_avatar_url), Field(max_length=500, json_schema_extra={"format": "uri"})]
Code = Annotated[str, Field(min_length=6, max_length=40)]
# Whatever else is sent as a token is none of ours: 400 or 401, not a matter of its length.
OneTimeLink = Annotated[str, Field(min_length=1, max_length=20_000)]
OpaqueToken = Annotated[str, Field(min_length=1, max_length=20_000)]


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


class Logout(Input):
    refresh_token: OpaqueToken | None = None


class SecondFactorAnswer(Input):
    """The challenge of a sign-in and a code of the authenticator, or a recovery code."""

    challenge: Annotated[str, Field(min_length=1, max_length=1_000)]
    code: Code


class LinkToken(Input):
    token: OneTimeLink


class LinkRequested(Input):
    email: Email


class PasswordReset(Input):
    token: OneTimeLink
    password: NewPassword


class PasswordChange(Input):
    current_password: Password
    password: NewPassword


class EmailChange(Input):
    current_password: Password
    email: Email


class StepUp(Input):
    """`code` where a second factor is set up."""

    password: Password
    code: Code | None = None


class CodeOnly(Input):
    code: Code


def _no_null(value: object) -> object:
    if value is None:
        raise ValueError("must not be null")
    return value


class UserChange(Input):
    """An absent field is left alone; nobody is without a role or a status."""

    role: Annotated[Role | SkipJsonSchema[None], BeforeValidator(_no_null)] = None
    status: Annotated[Literal["active", "suspended"] | SkipJsonSchema[None], BeforeValidator(_no_null)] = None


class UserQuery(PageQuery):
    """`search` looks for a part of a name or an address, literally."""

    search: Annotated[Prose, Field(min_length=1, max_length=200)] | None = None
    role: Role | None = None
    status: Literal["active", "suspended", "erased"] | None = None


class AuditQuery(PageQuery):
    actor_id: UUID | None = None
    target_id: UUID | None = None
    action: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z_.]+$")] | None = None


class ProfileUpdate(Input):
    """An absent field is left alone; null empties it."""

    name: Name = Field(default="")
    bio: Bio | None = None
    avatar_url: AvatarUrl | None = None


class UserDetail(Output):
    """A person as the person sees it."""

    id: UUID
    name: str
    email: str | None
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


class DeviceMark(Output):
    """Sent back as `X-Device-Token` at the next sign-in it marks a known device."""

    device_token: str


class TokenPair(Output):
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"


class StepUpGranted(Output):
    expires_at: Moment


class SessionSummary(Output):
    """One sign-in; `current` is the one that asks."""

    id: UUID
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    user_agent: str | None
    current: bool


class AuthenticatorSecret(Output):
    """Shown once: as text, and as the address that an authenticator reads from a QR code."""

    secret: str
    uri: str


class RecoveryCodes(Output):
    """Shown once; each opens the account once without the authenticator."""

    recovery_codes: list[str]


class UserForAdmins(UserDetail):
    status: Literal["active", "suspended", "erased"]


class AuditLine(Output):
    id: int
    actor_id: UUID | None
    action: str
    target_type: str
    target_id: UUID
    details: dict[str, Any]
    request_id: str | None
    at: Moment


def detail_of(user: User) -> UserDetail:
    return UserDetail(**_fields(user))


def detail_for_admins(user: User) -> UserForAdmins:
    return UserForAdmins(**_fields(user), status=user.status)


def session_summary_of(session: Session, current_id: UUID) -> SessionSummary:
    return SessionSummary(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        user_agent=session.user_agent,
        current=session.id == current_id,
    )


def _fields(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.display_name,
        "email": user.email,
        "email_verified": user.is_email_verified,
        "role": user.role,
        "bio": user.bio,
        "avatar_url": user.avatar_url,
        "created_at": user.created_at,
    }
