"""The rows of identity, and what is always true of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from coursify.core.caller import Caller, Role
from coursify.modules.users.models import Status, User

Purpose = Literal["verify_email", "reset_password", "change_email"]
EventKind = Literal[
    "new_device",
    "password_changed",
    "password_reset",
    "token_reused",
    "second_factor_enabled",
    "second_factor_disabled",
    "recovery_code_used",
]
Todo = Literal["confirm_email", "set_up_second_factor"]

SESSION_LIFETIME = timedelta(days=30)
SESSION_IDLE = timedelta(days=14)
STEP_UP_LIFETIME = timedelta(minutes=10)
TOKEN_LIFETIME: dict[Purpose, timedelta] = {
    "verify_email": timedelta(days=3),
    "reset_password": timedelta(minutes=20),
    "change_email": timedelta(hours=24),
}
# How long a client that lost the response, or raced itself, gets the same successor again.
ROTATION_GRACE = timedelta(seconds=10)
CHALLENGE_LIFETIME = timedelta(minutes=5)
MAX_EMAILS_PER_HOUR = 5


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is verified against. `email_verified_at` is not compared."""

    user_id: UUID
    password_hash: str | None
    status: Status
    email_verified_at: datetime | None = field(compare=False)
    sessions_valid_after: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in with its chain of refresh tokens."""

    id: UUID
    user_id: UUID
    created_at: datetime
    authenticated_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything that decides whether an access token is valid, and for which caller."""

    session_id: UUID
    user_id: UUID
    role: Role
    status: Status
    email_verified_at: datetime | None
    has_second_factor: bool
    authenticated_at: datetime
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    sessions_valid_after: datetime

    def is_alive(self, at: datetime) -> bool:
        return (
            self.status == "active"
            and self.revoked_at is None
            and self.expires_at > at
            and self.created_at >= self.sessions_valid_after
        )

    def caller(self) -> Caller:
        return Caller(
            user_id=self.user_id,
            session_id=self.session_id,
            role=self.role,
            is_email_verified=self.email_verified_at is not None,
            authenticated_at=self.authenticated_at,
        )


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One token in the chain of a session: used once `rotated_at` is set."""

    id: UUID
    session_id: UUID
    user_id: UUID
    parent_id: UUID | None
    issued_at: datetime
    expires_at: datetime
    rotated_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """The result of a sign-in. The tokens are stored nowhere in plain text."""

    user: User
    session: Session
    access_token: str
    refresh_token: str
    device_token: str


@dataclass(frozen=True, slots=True)
class RenewedTokens:
    """The next pair of tokens of a session."""

    access_token: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class OneTimeToken:
    """The secret of an emailed link: valid once, until it expires, while the user still has the email address."""

    id: UUID
    user_id: UUID
    purpose: Purpose
    email_canonical_at_issue: str
    new_email: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    invalidated_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.invalidated_at is None


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A request to send a link to an email address (sealed). A job looks up whether a user has it."""

    id: UUID
    purpose: Purpose
    address: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A TOTP secret (sealed). It is required at sign-in once a first code has confirmed it."""

    user_id: UUID
    secret: bytes
    confirmed_at: datetime | None
    last_step: int | None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """An event that the owner of an account is notified of."""

    id: UUID
    user_id: UUID
    kind: EventKind
    session_id: UUID | None
    user_agent: str | None
    created_at: datetime
