"""The time at which a job should stop, so that nothing has to cancel it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """`at` is a time of the monotonic clock."""

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


# For work without a time limit.
NEVER = Deadline()
