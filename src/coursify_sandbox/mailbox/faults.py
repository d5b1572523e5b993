"""Fault injection: the share of calls that fail in each way."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, fields
from enum import StrEnum


class Fault(StrEnum):
    ACCEPT_THEN_HANG = "accept_then_hang"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"


@dataclass(frozen=True)
class Faults:
    accept_then_hang: float = 0.0
    rate_limited: float = 0.0
    server_error: float = 0.0

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def parse_faults(body: object) -> Faults:
    """Validate shares between 0 and 1 whose sum is at most 1; a fault that is not named has the share 0."""
    names = {field.name for field in fields(Faults)}
    if not isinstance(body, dict) or body.keys() - names:
        raise ValueError(f"expected an object with shares of: {', '.join(sorted(names))}")
    shares = list(body.values())
    if any(isinstance(share, bool) or not isinstance(share, int | float) for share in shares):
        raise ValueError("shares must be numbers between 0 and 1")
    if any(not 0 <= share <= 1 for share in shares) or sum(shares) > 1:
        raise ValueError("shares must be numbers between 0 and 1 whose sum is at most 1")
    return Faults(**body)


def choose_fault(faults: Faults) -> Fault | None:
    """The random fault of one call, or None."""
    position = random.random()
    for fault in Fault:
        share = faults.as_json()[fault]
        if position < share:
            return fault
        position -= share
    return None
