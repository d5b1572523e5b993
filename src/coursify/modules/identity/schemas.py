"""The requests and responses of sign-in and of accounts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field

from coursify.core.caller import Role
from coursify.core.schema import Input, Moment, Omittable, Output
from coursify.core.security import ACCESS_LIFETIME
from coursify.modules.identity.models import OpenedSession, RenewedTokens, Session, Todo
from coursify.modules.identity.password_rules import check_password
from coursify.modules.users.models import User
from coursify.modules.users.schemas import Name, UserDetail, fields_of

MAX_EMAIL = 254
_EXPIRES_IN = int(ACCESS_LIFETIME.total_seconds())


def _address(value: object) -> object:
    """Trims the address and checks its syntax; keeps the case of the local part."""
    if not isinstance(value, str):
        return value
    if len(value) > MAX_EMAIL:
        raise ValueError("must be an email address of at most 254 characters")
    try:
        return validate_email(value.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError("must be an email address") from error


Email = Annotated[
    str,
    BeforeValidator(_address),
    Field(max_length=MAX_EMAIL, examples=["ada@example.com"], json_schema_extra={"format": "email"}),
]
NewPassword = Annotated[
    str,
    AfterValidator(check_password),
    Field(
        min_length=8,
        max_length=128,
        description="at least one special character, not a common password",
        examples=["correct-horse-42"],
    ),
]
Password = Annotated[str, Field(min_length=1, max_length=128)]


class Me(UserDetail):
    """Your account, and what is left to do: confirm the address, set up the second factor that an admin needs."""

    todo: list[Todo]

    @classmethod
    def with_todo(cls, user: User, todo: list[Todo]) -> Me:
        return cls(**fields_of(user), todo=todo)


Code = Annotated[str, Field(min_length=6, max_length=40)]
# A token that is not ours gets 400 or 401 at any length, so the limit is generous.
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


class SecondFactorLogin(Input):
    """The challenge of a sign-in, and a code of the authenticator app or a recovery code."""

    challenge: Annotated[str, Field(min_length=1, max_length=1_000)]
    code: Code


class LinkToken(Input):
    token: OneTimeLink


class EmailOnly(Input):
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
    """`code` is required if a second factor is enabled."""

    password: Password
    code: Code | None = None


class CodeOnly(Input):
    code: Code


class UserChange(Input):
    """An absent field stays unchanged. Neither can be null."""

    role: Omittable[Role]
    status: Omittable[Literal["active", "suspended"]]


class SignedInSession(Output):
    """The tokens of a new session; `expiresIn` is the lifetime of the access token in seconds."""

    user: UserDetail
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"
    device_token: str

    @classmethod
    def of(cls, opened: OpenedSession) -> SignedInSession:
        return cls(
            user=UserDetail.of(opened.user),
            access_token=opened.access_token,
            refresh_token=opened.refresh_token,
            expires_in=_EXPIRES_IN,
            device_token=opened.device_token,
        )


class DeviceToken(Output):
    """Send it as `X-Device-Token` at the next sign-in: it identifies a known device."""

    device_token: str


class TokenPair(Output):
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"

    @classmethod
    def of(cls, renewed: RenewedTokens) -> TokenPair:
        return cls(access_token=renewed.access_token, refresh_token=renewed.refresh_token, expires_in=_EXPIRES_IN)


class StepUpGranted(Output):
    expires_at: Moment


class SessionSummary(Output):
    """One sign-in; `current` marks the session of this request."""

    id: UUID
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    user_agent: str | None
    current: bool

    @classmethod
    def of(cls, session: Session, *, current_id: UUID) -> SessionSummary:
        return cls(
            id=session.id,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            user_agent=session.user_agent,
            current=session.id == current_id,
        )


class AuthenticatorSecret(Output):
    """Shown once: as text, and as the URI that an authenticator app reads from a QR code."""

    secret: str
    uri: str


class RecoveryCodes(Output):
    """Shown once. Each code replaces a code of the authenticator app once."""

    recovery_codes: list[str]
