"""Exports and erasures in the API."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from coursify.core.schema import Moment, Output


class ErasureBegun(Output):
    """The profile is cleared and every session has ended; the other data follows, then the receipt."""

    id: UUID
    user_id: UUID
    requested_at: Moment
    completed_at: Moment | None


class ExportState(Output):
    """`progress` in percent; `url` appears with `ready` and works until `expiresAt`, without a credential."""

    id: UUID
    status: Literal["preparing", "ready"]
    progress: int
    url: str | None
    requested_at: Moment
    expires_at: Moment
