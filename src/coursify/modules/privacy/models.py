"""Erasures and exports as rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.core.resources import CoreResources

EXPORT_LIFETIME = timedelta(hours=24)


class PersonalData(Protocol):
    """A module's room `personal_data`. Its `TABLES` say what an erasure leaves of each table that names people."""

    async def export(self, db: Connection, user_id: UUID) -> dict[str, Records]:
        """Return everything that the module has of a person, by section."""
        ...

    async def erase(self, db: Connection, user_id: UUID, now: datetime) -> None:
        """Delete or clear what identifies the person. May run twice."""
        ...


@dataclass(frozen=True, kw_only=True)
class PrivacyResources(CoreResources):
    """The process's resources, with every room, and what a vendor must be asked before a room is erased.

    Asking a vendor answers False when it is too early: the room is tried again later.
    """

    personal_data: Mapping[str, PersonalData]
    ask_vendors: Mapping[str, Callable[[UUID], Awaitable[bool]]]


@dataclass(frozen=True, slots=True)
class Erasure:
    id: UUID
    user_id: UUID
    requested_by: UUID
    receipt_address: bytes | None
    payments_before: int
    requested_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tombstone:
    user_id: UUID
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is being prepared, or ready until it expires."""

    id: UUID
    user_id: UUID
    sections_done: int
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime

    @property
    def is_ready(self) -> bool:
        return self.ready_at is not None


@dataclass(frozen=True, slots=True)
class ExportContent:
    content: bytes | None
    expires_at: datetime
