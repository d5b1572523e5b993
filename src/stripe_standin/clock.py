"""The stand-in's clock: real time plus an offset that other processes can share."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that reads its offset from a file each time, so that all processes have the same time."""

    offset_file: Path

    def offset(self) -> float:
        """The seconds added to real time; 0 without a readable file."""
        try:
            return float(self.offset_file.read_text(encoding="ascii").strip() or 0)
        except (OSError, ValueError):
            return 0.0

    def now(self) -> int:
        """The time in whole seconds since 1970, as Stripe represents it."""
        return int(time.time() + self.offset())

    def set_offset(self, seconds: float) -> None:
        """Write the offset atomically."""
        self.offset_file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.offset_file.with_name(f"{self.offset_file.name}.{os.getpid()}.draft")
        draft.write_text(f"{seconds:g}\n" if seconds % 1 else f"{int(seconds)}\n", encoding="ascii")
        draft.replace(self.offset_file)
