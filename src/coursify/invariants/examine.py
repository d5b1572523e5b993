"""Ask every invariant of a database."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.invariants.catalog import INVARIANTS
from coursify.invariants.models import Finding


async def examine(db: Connection, *, now: datetime) -> list[Finding]:
    """What each invariant found, in the order of their codes; each statement sees one consistent moment."""
    return [Finding(invariant, await invariant.find(db, now=now)) for invariant in INVARIANTS]
