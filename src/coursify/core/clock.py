"""The clock. PostgreSQL's decides; a sandbox may move it by an offset that every process reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """The offset (seconds) that is added to the database's time: 0 but where a sandbox or test moves it."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file

    def offset_seconds(self) -> float:
        """Read at each use, so that one written file moves API, worker and stand-ins together."""
        if self._offset_file is None:
            return 0.0
        try:
            return float(self._offset_file.read_text().strip() or 0)
        except FileNotFoundError:
            return 0.0

    def wall(self) -> datetime:
        """This machine's time in UTC, moved by the offset: for headers and tokens, never for a decision about money."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds())
