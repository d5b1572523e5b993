"""The people, courses and payments that exist so far, by the names that the history uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from string import ascii_letters, digits
from uuid import UUID, uuid4

from coursify.core.caller import Caller, Role
from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify_sandbox.seed.plan_history import SEED, Studied
from coursify_sandbox.seed.provider_history import ProviderHistory


@dataclass(frozen=True, slots=True)
class PublishedCourse:
    id: UUID
    instructor_id: UUID
    lesson_ids: tuple[UUID, ...]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class SeededPayment:
    id: UUID
    intent_id: str
    amount_minor: int


@dataclass
class School:
    """`people` by email, `courses` by title, `payments` by the number of the purchase.

    All facts of the provider have one `fetch_number`, as if they had been fetched together.
    """

    db: Connection
    settings: Settings
    admin: Caller
    people: dict[str, UUID]
    fetch_number: int
    password_hashes: dict[str, str] = field(default_factory=dict)
    instructors: dict[str, UUID] = field(default_factory=dict)
    courses: dict[str, PublishedCourse] = field(default_factory=dict)
    payments: dict[int, SeededPayment] = field(default_factory=dict)
    studied: list[tuple[datetime, Studied]] = field(default_factory=list)
    customers: dict[UUID, str] = field(default_factory=dict)
    provider: ProviderHistory = field(default_factory=ProviderHistory)
    generator: Random = field(default_factory=lambda: Random(SEED))

    def provider_id(self, prefix: str, length: int = 24) -> str:
        """An id in the provider's format, the same on every run."""
        return f"{prefix}_{''.join(self.generator.choices(ascii_letters + digits, k=length))}"


def caller_for(user_id: UUID, role: Role, *, now: datetime) -> Caller:
    """The caller that a service expects, without a session in the database."""
    return Caller(user_id=user_id, session_id=uuid4(), role=role, is_email_verified=True, authenticated_at=now)
