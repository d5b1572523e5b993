"""The clock. PostgreSQL has the time; a sandbox may add an offset, which every process reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


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
