"""Counts the views of courses in this process, and stores the sums every five seconds and at shutdown.

A viewer is a keyed hash of this course and day: it fits no other one, and Redis forgets it an hour after the day. When
the reply to a COMMIT is lost, PostgreSQL is asked whether it committed before anything is stored again: nothing is lost
or counted twice (docs/decisions/0035). A killed process loses what it counted in the last five seconds.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from uuid import UUID

import psycopg

from coursify.core.background import in_background
from coursify.core.clock import Clock
from coursify.core.crypto import derive
from coursify.core.database import Database
from coursify.core.errors import Unavailable
from coursify.core.logging import log
from coursify.core.resources import CoreResources
from coursify.core.seen import FirstSeen
from coursify.modules.courses.queries import views

FLUSH_SECONDS = 5.0
KNOWN_SECONDS = 5.0
_MAX_KNOWN = 10_000
_LAST_ATTEMPTS = 3
_HASH_BYTES = 16
_SLACK = timedelta(hours=1)


@dataclass
class _Sums:
    """Views and viewers by course and day."""

    views: Counter[tuple[UUID, date]] = field(default_factory=Counter)
    viewers: Counter[tuple[UUID, date]] = field(default_factory=Counter)

    def add(self, other: _Sums) -> None:
        self.views.update(other.views)
        self.viewers.update(other.viewers)


class ViewCounter:
    def __init__(self, database: Database, seen: FirstSeen, clock: Clock, *, server_key: bytes) -> None:
        self._database = database
        self.seen = seen
        self._clock = clock
        self._server_key = server_key
        self._instructors: dict[UUID, tuple[UUID, float]] = {}
        self._pending = _Sums()
        # The sums of a transaction whose end is unknown, and its id.
        self._unconfirmed: tuple[int, _Sums] | None = None
        self._flushing = asyncio.Lock()

    @property
    def has_unsaved(self) -> bool:
        """Whether there are views that are not stored, or not known to be stored."""
        return bool(self._pending.views) or self._unconfirmed is not None

    async def find_instructor(self, course_id: UUID) -> UUID | None:
        """The instructor of a course on sale, else None; up to five seconds old. Unknown ids are not remembered."""
        known = self._instructors.get(course_id)
        if known and time.monotonic() < known[1]:
            return known[0]
        self._instructors.pop(course_id, None)
        async with self._database.read() as db:
            instructor_id = await views.find_instructor_of_course_on_sale(db, course_id)
        if instructor_id:
            if len(self._instructors) >= _MAX_KNOWN:
                self._instructors.pop(next(iter(self._instructors)))
            self._instructors[course_id] = instructor_id, time.monotonic() + KNOWN_SECONDS
        return instructor_id

    async def count(self, course_id: UUID, viewer: str) -> None:
        """Count a view of a course that exists; `viewer` counts once for each course and day (UTC)."""
        now = self._clock.wall()
        day, midnight = now.date(), datetime.combine(now.date() + timedelta(days=1), clock_time(), UTC)
        key = derive(self._server_key, "course views", day.isoformat())
        hashed = hmac.digest(key, f"{course_id}\x1f{viewer}".encode(), "sha256")[:_HASH_BYTES]
        lifetime = int((midnight - now + _SLACK).total_seconds())
        is_new = await self.seen.is_first(f"views:{day}:{course_id}", hashed, seconds=lifetime)
        self._pending.views[course_id, day] += 1
        self._pending.viewers[course_id, day] += is_new

    @asynccontextmanager
    async def flushing(self) -> AsyncIterator[None]:
        """Store the sums every five seconds, and once more when the block ends."""
        try:
            async with in_background(self._flush_forever()):
                yield
        finally:
            await self._flush_last()

    async def flush(self) -> None:
        """Store what was counted since the last flush. When that fails, it is kept for the next one."""
        async with self._flushing:
            await self._settle_unconfirmed()
            if self._unconfirmed is None and self._pending.views:
                sums, self._pending = self._pending, _Sums()
                await self._store(sums)

    async def _store(self, sums: _Sums) -> None:
        keys = list(sums.views)
        transaction_id = None
        try:
            async with self._database.transaction() as (db, _now):
                transaction_id = await views.add_views(
                    db,
                    course_ids=[course_id for course_id, _day in keys],
                    days=[day for _course_id, day in keys],
                    views=[sums.views[key] for key in keys],
                    viewers=[sums.viewers[key] for key in keys],
                )
        except BaseException:
            if transaction_id is None:
                self._pending.add(sums)
            else:
                self._unconfirmed = transaction_id, sums
            raise

    async def _settle_unconfirmed(self) -> None:
        """Ask PostgreSQL how the last transaction ended, if that is not known."""
        if self._unconfirmed is None:
            return
        transaction_id, sums = self._unconfirmed
        try:
            async with self._database.read() as db:
                outcome = await views.find_outcome(db, transaction_id=transaction_id)
        except psycopg.DataError:
            # A transaction that this server never had: another one has taken over, without it.
            outcome = "aborted"
        if outcome != "in progress":
            self._unconfirmed = None
        if outcome == "aborted":
            self._pending.add(sums)

    async def _flush_forever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._try_to_flush()

    async def _try_to_flush(self) -> None:
        try:
            await self.flush()
        except (Unavailable, psycopg.Error, OSError) as error:
            log.warning("views not stored yet", error=type(error).__name__)

    async def _flush_last(self) -> None:
        for _ in range(_LAST_ATTEMPTS):
            await self._try_to_flush()
            if not self.has_unsaved:
                return
            await asyncio.sleep(FLUSH_SECONDS / 20)
        log.error("views lost", views=self._pending.views.total(), unconfirmed=self._unconfirmed is not None)


@dataclass(frozen=True, kw_only=True)
class CourseResources(CoreResources):
    """The resources of a process, with the counter of views."""

    views: ViewCounter
