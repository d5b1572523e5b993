"""Erasures and exports as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

Step = Literal["courses", "reviews", "progress", "payment_customer"]
STEPS: tuple[Step, ...] = ("courses", "reviews", "progress", "payment_customer")

EXPORT_LIFETIME = timedelta(hours=24)


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
    """An archive in the making, or ready until it expires."""

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
