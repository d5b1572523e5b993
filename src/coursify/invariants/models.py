"""An invariant, and what was found of it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from coursify.core.database import Connection

Rows = list[dict[str, Any]]


class Query(Protocol):
    """The rows that break an invariant at this moment."""

    __doc__: str | None

    def __call__(self, db: Connection, *, now: datetime) -> Awaitable[Rows]: ...


@dataclass(frozen=True, slots=True)
class Invariant:
    """Its code never changes, so that an alarm from long ago can still be looked up."""

    code: str
    find: Query

    @property
    def sentence(self) -> str:
        return (self.find.__doc__ or "").strip()


@dataclass(frozen=True, slots=True)
class Finding:
    """What an invariant's query returned; no row is the only good answer."""

    invariant: Invariant
    rows: Rows

    @property
    def is_broken(self) -> bool:
        return bool(self.rows)
