"""Until when a piece of work may go on: what ends by itself needs no one to end it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """When a job should have come to an end, by the process's own clock."""

    at: float = math.inf

    @classmethod
    def within(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.at - time.monotonic())

    @property
    def has_passed(self) -> bool:
        return self.seconds_left <= 0


# For work that nobody waits for.
NEVER = Deadline()
