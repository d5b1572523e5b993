"""What may be said of an operation before its handler runs: who may call it, how often, how it repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

KIB = 1_024

Role = Literal["student", "instructor", "admin"]


class Who(StrEnum):
    """The credential and role an operation asks for; rules about the object come after, in policies."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    INSTRUCTOR = "instructor or admin"
    ADMIN = "admin"


ROLES: Mapping[Who, frozenset[Role]] = {
    Who.ANYONE: frozenset({"student", "instructor", "admin"}),
    Who.SIGNED_IN: frozenset({"student", "instructor", "admin"}),
    Who.INSTRUCTOR: frozenset({"instructor", "admin"}),
    Who.ADMIN: frozenset({"admin"}),
}


class Repeat(StrEnum):
    """Whether a POST takes an Idempotency-Key."""

    PLAIN = "plain"
    KEY_OPTIONAL = "key optional"
    KEY_REQUIRED = "key required"


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the policy table; `rate` names the class of its rate limit, `rule` tells people the object rule.

    A larger body than `max_body_bytes` is 413; an answer that is not there after `seconds` is 503, and nothing is done.
    """

    who: Who
    rule: str = ""
    step_up: bool = False
    rate: str = "default"
    repeat: Repeat = Repeat.PLAIN
    max_body_bytes: int = 256 * KIB
    seconds: float = 15
    # Webhooks: the body is signed as bytes, and read as JSON only by whoever checked the signature.
    takes_raw_body: bool = False
    # Sign-in and tokens: a client that still sends its expired access token must not be kept from a new one.
    ignores_credential: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, as the server's own state says; never what a token claims."""

    user_id: UUID
    session_id: UUID
    role: Role
    is_email_verified: bool
    authenticated_at: datetime

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"
