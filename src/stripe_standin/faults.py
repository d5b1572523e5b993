"""The faults that the stand-in can be told to cause: in its webhooks, and in its answers to API calls."""

import math
import re
import secrets
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any

from stripe_standin.errors import InvalidParameters
from stripe_standin.vocabulary import Json

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
class CallFaults:
    """What may go wrong with an API call; shares are between 0 and 1, seconds are real ones."""

    rate_limited: float = 0.0
    server_error: float = 0.0
    applied_server_error: float = 0.0
    timeout: float = 0.0
    applied_unanswered: float = 0.0
    latency: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """The faults of the calls that `on` names, such as `POST /v1/payment_intents/*/cancel`."""

    on: str
    faults: CallFaults


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults are on: those of webhooks, those of all calls or of `only` some, and rules for single paths."""

    duplicate: int = 0
    twin: float = 0.0
    shuffle: bool = False
    delay: float = 0.0
    drop: float = 0.0
    calls: CallFaults = CallFaults()
    only: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def of_call(self, method: str, path: str) -> CallFaults:
        """The faults of one call: of the first rule that names it, otherwise the general ones if they concern it."""
        for rule in self.rules:
            if names(rule.on, method, path, whole=True):
                return rule.faults
        is_concerned = not self.only or any(names(rule, method, path, whole=False) for rule in self.only)
        return self.calls if is_concerned else CallFaults()

    def as_json(self) -> Json:
        """The faults as the control door tells them."""
        told: Json = {name: getattr(self, name) for name in sorted(OF_WEBHOOKS)} | asdict(self.calls)
        told["only"] = list(self.only)
        told["rules"] = [{"on": rule.on} | asdict(rule.faults) for rule in self.rules]
        return told


OF_CALLS = frozenset(field.name for field in fields(CallFaults))
OF_WEBHOOKS = frozenset(("duplicate", "twin", "shuffle", "delay", "drop"))
KNOWN = OF_CALLS | OF_WEBHOOKS | {"only", "rules"}


def names(rule: str, method: str, path: str, *, whole: bool) -> bool:
    """Whether a rule such as `POST /v1/refunds` names this call, by its whole path or by how its path begins.

    `*` stands for one segment of the path; without a method, or with `*` as one, a rule is about all methods.
    """
    named, _, pattern = rule.strip().rpartition(" ")
    if named.upper() not in ("", "*", method):
        return False
    expression = pattern_of(pattern)
    return bool(expression.fullmatch(path) if whole else expression.match(path))


@cache
def pattern_of(pattern: str) -> re.Pattern[str]:
    """The paths that a pattern names."""
    return re.compile(re.escape(pattern).replace(r"\*", "[^/]+"))


def hits(share: float) -> bool:
    """Chance, with the given share of yes."""
    return share > 0 and CHANCE.random() < share


def some_of(seconds: float) -> float:
    """A random part of a span."""
    return CHANCE.uniform(0, seconds)


def read_faults(given: Json) -> Faults:
    """The faults that a JSON object names; what it does not name is off."""
    checked = checked_values(given, KNOWN)
    calls = CallFaults(**{name: checked.pop(name) for name in list(checked) if name in OF_CALLS})
    rules = tuple(read_rule(rule) for rule in checked.pop("rules", ()))
    return Faults(calls=calls, rules=rules, **checked)


def read_rule(given: object) -> Rule:
    """One rule: `on`, the calls that it is about, and what goes wrong with them."""
    if not isinstance(given, dict) or not isinstance(given.get("on"), str):
        message = f'A rule needs the calls that it is about, such as {{"on": "POST /v1/refunds"}}, not {given!r}'
        raise InvalidParameters(message, param="rules")
    faults = checked_values({name: value for name, value in given.items() if name != "on"}, OF_CALLS)
    return Rule(on=given["on"], faults=CallFaults(**faults))


def checked_values(given: Json, known: frozenset[str]) -> Json:
    """The values by name; a name that is not known here is refused."""
    unknown = sorted(set(given) - known)
    if unknown:
        message = f"Unknown faults: {', '.join(unknown)}. Known are: {', '.join(sorted(known))}"
        raise InvalidParameters(message)
    return {name: checked_value(name, value) for name, value in given.items() if value is not None}


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
    if name == "rules" and isinstance(value, list):
        return value
    message = f"Invalid value for the fault {name}: {value!r}"
    raise InvalidParameters(message, param=name)
