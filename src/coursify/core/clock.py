"""The clock. PostgreSQL has the time; a sandbox may add an offset, which every process reads."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

TRUSTED_SECONDS = 5.0


class Clock:
    """The offset (seconds) that is added to the time of the database: 0 except in sandboxes and tests."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file

    def offset_seconds(self) -> float:
        """Read at each use, so that one file moves API, worker and stand-ins together."""
        if self._offset_file is None:
            return 0.0
        try:
            return float(self._offset_file.read_text().strip() or 0)
        except FileNotFoundError:
            return 0.0

    def wall(self) -> datetime:
        """The time of this machine in UTC plus the offset: for headers and tokens, never for decisions about money."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds())


class ServerTime:
    """The time of the database's clock, as it was told a moment ago: a read need not ask for it again.

    An answer takes time to arrive, so an estimate is late by that time and never early. Of several answers the latest
    time is the most exact. After TRUSTED_SECONDS the next answer counts, whatever it says.
    """

    def __init__(self) -> None:
        self._zero = datetime.min.replace(tzinfo=UTC)
        self._trusted_until = 0.0

    def learn(self, now: datetime) -> datetime:
        """Take what the database has just told, and return it."""
        moment = time.monotonic()
        zero = now - timedelta(seconds=moment)
        if zero > self._zero or moment >= self._trusted_until:
            self._zero, self._trusted_until = zero, moment + TRUSTED_SECONDS
        return now

    def estimate(self) -> datetime | None:
        """None when it was not told for too long."""
        moment = time.monotonic()
        return self._zero + timedelta(seconds=moment) if moment < self._trusted_until else None
