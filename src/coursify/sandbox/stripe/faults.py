"""The misfortunes that the stand-in can be told to bring."""

import math
import secrets
from dataclasses import asdict, dataclass, fields
from typing import Any

from coursify.sandbox.stripe.errors import InvalidParameters
from coursify.sandbox.stripe.vocabulary import Json

CHANCE = secrets.SystemRandom()
SHARES = (
    "twin",
    "drop",
    "rate_limited",
    "server_error",
    "applied_server_error",
    "timeout",
    "applied_unanswered",
)
SECONDS = ("delay", "latency")


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults are on; shares are between 0 and 1, seconds are real ones."""

    duplicate: int = 0
    twin: float = 0.0
    shuffle: bool = False
    delay: float = 0.0
    drop: float = 0.0
    rate_limited: float = 0.0
    server_error: float = 0.0
    applied_server_error: float = 0.0
    timeout: float = 0.0
    applied_unanswered: float = 0.0
    latency: float = 0.0
    only: tuple[str, ...] = ()

    def concerns(self, method: str, path: str) -> bool:
        """Whether API-call faults may hit this call: `only` names methods and path prefixes."""
        return not self.only or any(matches(rule, method, path) for rule in self.only)

    def as_json(self) -> Json:
        """The faults as the control door tells them."""
        return asdict(self) | {"only": list(self.only)}


def matches(rule: str, method: str, path: str) -> bool:
    """Whether a rule such as `POST /v1/refunds` or `/v1/` names this call."""
    named, _, prefix = rule.strip().rpartition(" ")
    return path.startswith(prefix) and named.upper() in ("", "*", method)


def hits(share: float) -> bool:
    """Chance, with the given share of yes."""
    return share > 0 and CHANCE.random() < share


def some_of(seconds: float) -> float:
    """A random part of a span."""
    return CHANCE.uniform(0, seconds)


def read_faults(given: Json) -> Faults:
    """The faults that a JSON object names; what it does not name is off."""
    known = {field.name for field in fields(Faults)}
    unknown = sorted(set(given) - known)
    if unknown:
        message = f"Unknown faults: {', '.join(unknown)}. Known are: {', '.join(sorted(known))}"
        raise InvalidParameters(message)
    checked = {name: checked_value(name, value) for name, value in given.items() if value is not None}
    return Faults(**checked)


def checked_value(name: str, value: object) -> Any:
    """One fault's setting, or a refusal that says what it must be."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if name in SHARES and 0 <= number <= 1:
        return number
    if name in SECONDS and 0 <= number < math.inf:
        return number
    if name == "duplicate" and 0 <= number < math.inf and number.is_integer():
        return int(number)
    if name == "shuffle" and isinstance(value, bool):
        return value
    if name == "only" and isinstance(value, list) and all(isinstance(rule, str) for rule in value):
        return tuple(value)
    message = f"Invalid value for the fault {name}: {value!r}"
    raise InvalidParameters(message, param=name)
