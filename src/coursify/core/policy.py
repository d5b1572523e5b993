"""The policy of an operation: who may call it, its rate limit, idempotency, body size and timeout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from coursify.core.caller import Role

KIB = 1_024


class Who(StrEnum):
    """The credential and role that an operation requires; rules about the object are in policies."""

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


class Idempotency(StrEnum):
    """Whether an operation accepts or requires an Idempotency-Key."""

    NONE = "no key"
    OPTIONAL = "key optional"
    REQUIRED = "key required"


@dataclass(frozen=True, slots=True)
class Policy:
    """`rate` is the name of a rate class. `rule` documents the rule about the object, which services enforce.

    A body larger than `max_body_bytes` is 413. An operation that takes longer than `seconds` is rolled back: 503.
    """

    who: Who
    rule: str = ""
    step_up: bool = False
    rate: str = "default"
    # Sign-in: a request with a valid credential is no guess, so only failures count against the address.
    counts_failures_only: bool = False
    idempotency: Idempotency = Idempotency.NONE
    max_body_bytes: int = 256 * KIB
    seconds: float = 15
    # Webhooks: the signature is of the bytes, and the body is parsed after the signature was checked.
    takes_raw_body: bool = False
    # Sign-in and tokens: a client that still sends an expired access token must be able to get a new one.
    ignores_credential: bool = False
