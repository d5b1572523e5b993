"""Fault injection: faults of webhooks and faults of API calls."""

from __future__ import annotations

import math
import re
import secrets
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any

from stripe_standin.errors import InvalidParameters
from stripe_standin.json_types import Json

RANDOM = secrets.SystemRandom()
SHARES = (
    "duplicate_events",
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
    """The faults of API calls: shares between 0 and 1, and `latency` in seconds of real time."""

    rate_limited: float = 0.0
    server_error: float = 0.0
    applied_server_error: float = 0.0
    timeout: float = 0.0
    applied_unanswered: float = 0.0
    latency: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """The faults of the calls that match `on`, such as `POST /v1/payment_intents/*/cancel`."""

    on: str
    faults: CallFaults


@dataclass(frozen=True, slots=True)
class Faults:
    """The active faults: of webhooks, of all calls or those that match `only`, and rules for single paths."""

    duplicate: int = 0
    duplicate_events: float = 0.0
    shuffle: bool = False
    delay: float = 0.0
    drop: float = 0.0
    calls: CallFaults = CallFaults()
    only: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def for_call(self, method: str, path: str) -> CallFaults:
        """The faults of one call: those of the first matching rule, else the general ones if they apply."""
        for rule in self.rules:
            if matches(rule.on, method, path, whole=True):
                return rule.faults
        has_general_faults = not self.only or any(matches(rule, method, path, whole=False) for rule in self.only)
        return self.calls if has_general_faults else CallFaults()

    def as_json(self) -> Json:
        """The faults as the control API shows them."""
        shown: Json = {name: getattr(self, name) for name in sorted(OF_WEBHOOKS)} | asdict(self.calls)
        shown["only"] = list(self.only)
        shown["rules"] = [{"on": rule.on} | asdict(rule.faults) for rule in self.rules]
        return shown


OF_CALLS = frozenset(field.name for field in fields(CallFaults))
OF_WEBHOOKS = frozenset(("duplicate", "duplicate_events", "shuffle", "delay", "drop"))
KNOWN = OF_CALLS | OF_WEBHOOKS | {"only", "rules"}


def matches(rule: str, method: str, path: str, *, whole: bool) -> bool:
    """Whether a rule such as `POST /v1/refunds` matches the whole path of a call, or its beginning.

    `*` matches one segment of the path; a rule without a method, or with the method `*`, matches all methods.
    """
    rule_method, _, pattern = rule.strip().rpartition(" ")
    if rule_method.upper() not in ("", "*", method):
        return False
    expression = compile_pattern(pattern)
    return bool(expression.fullmatch(path) if whole else expression.match(path))


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern."""
    return re.compile(re.escape(pattern).replace(r"\*", "[^/]+"))


def occurs(share: float) -> bool:
    """Decide at random whether a fault with this share occurs."""
    return share > 0 and RANDOM.random() < share


def choose_delay(seconds: float) -> float:
    """A random delay of at most this many seconds."""
    return RANDOM.uniform(0, seconds)


def parse_faults(given: Json) -> Faults:
    """Validate the faults of a JSON object; a fault that it does not name is off."""
    values = validate_values(given, KNOWN)
    calls = CallFaults(**{name: values.pop(name) for name in list(values) if name in OF_CALLS})
    rules = tuple(parse_rule(rule) for rule in values.pop("rules", ()))
    return Faults(calls=calls, rules=rules, **values)


def parse_rule(given: object) -> Rule:
    """Validate a rule: `on` with the calls that it matches, and their faults."""
    if not isinstance(given, dict) or not isinstance(given.get("on"), str):
        message = f'A rule must name the calls that it matches, such as {{"on": "POST /v1/refunds"}}, not {given!r}'
        raise InvalidParameters(message, param="rules")
    faults = validate_values({name: value for name, value in given.items() if name != "on"}, OF_CALLS)
    return Rule(on=given["on"], faults=CallFaults(**faults))


def validate_values(given: Json, known: frozenset[str]) -> Json:
    """Validate values by name; reject unknown names."""
    unknown = sorted(set(given) - known)
    if unknown:
        message = f"Unknown faults: {', '.join(unknown)}. Known faults: {', '.join(sorted(known))}"
        raise InvalidParameters(message)
    return {name: validate_value(name, value) for name, value in given.items() if value is not None}


def validate_value(name: str, value: object) -> Any:
    """Validate the value of one fault."""
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
