"""What may go wrong on purpose: the share of calls that get each kind of trouble."""

import random
from dataclasses import asdict, dataclass, fields
from enum import StrEnum


class Trouble(StrEnum):
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


def read_faults(body: object) -> Faults:
    """Shares between 0 and 1 that sum to 1 at most; what is not named does not happen."""
    names = {field.name for field in fields(Faults)}
    if not isinstance(body, dict) or body.keys() - names:
        raise ValueError(f"expected an object of shares: {', '.join(sorted(names))}")
    shares = list(body.values())
    if any(isinstance(share, bool) or not isinstance(share, int | float) for share in shares):
        raise ValueError("shares are numbers between 0 and 1")
    if any(not 0 <= share <= 1 for share in shares) or sum(shares) > 1:
        raise ValueError("shares are numbers between 0 and 1, and sum to 1 at most")
    return Faults(**body)


def draw(faults: Faults) -> Trouble | None:
    """Which trouble this call gets, if any."""
    lot = random.random()
    for trouble in Trouble:
        share = faults.as_json()[trouble]
        if lot < share:
            return trouble
        lot -= share
    return None
