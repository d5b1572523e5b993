"""The types of parameters: each parses a value or rejects it with Stripe's message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from stripe_standin.errors import InvalidParameters
from stripe_standin.json_types import Json

MAX_TEXT = 5000
MAX_METADATA_KEYS = 50
MAX_METADATA_KEY = 40
MAX_METADATA_VALUE = 500
LARGEST_INTEGER = 2**53


class ParameterType(Protocol):
    """The type of a parameter."""

    def parse(self, raw: object, param: str) -> object:
        """Parse the raw value; raises InvalidParameters when it is not of this type."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string; an empty string unsets the field."""

    max_length: int = MAX_TEXT

    def parse(self, raw: object, param: str) -> object:
        """The string, if it is not too long."""
        if not isinstance(raw, str):
            message = f"Invalid string: {param} was given as a mapping."
            raise InvalidParameters(message, param=param)
        if len(raw) > self.max_length:
            message = f"Invalid string: {raw[:20]}...; must be at most {self.max_length} characters"
            raise InvalidParameters(message, param=param, code="parameter_invalid_string_blank")
        return raw


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number."""

    minimum: int | None = None
    maximum: int = LARGEST_INTEGER

    def parse(self, raw: object, param: str) -> object:
        """The number, if it is within the bounds."""
        if raw == "":
            raise empty_value_error(param)
        text = raw if isinstance(raw, str) else ""
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            message = f"Invalid integer: {raw}"
            raise InvalidParameters(message, param=param, code="parameter_invalid_integer")
        number = int(text)
        if (self.minimum is not None and number < self.minimum) or number > self.maximum:
            bound = f"greater than or equal to {self.minimum}" if number <= self.maximum else f"at most {self.maximum}"
            message = f"This value must be {bound}."
            raise InvalidParameters(message, param=param, code="parameter_invalid_integer")
        return number


@dataclass(frozen=True, slots=True)
class Boolean:
    """true or false."""

    def parse(self, raw: object, param: str) -> object:
        """The truth value."""
        if raw not in ("true", "false"):
            message = f"Invalid boolean: {raw}"
            raise InvalidParameters(message, param=param)
        return raw == "true"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values; with `is_unsettable` also the empty string."""

    values: tuple[str, ...]
    is_unsettable: bool = False

    def parse(self, raw: object, param: str) -> object:
        """The value, if it is one of them."""
        if raw in self.values or (self.is_unsettable and raw == ""):
            return raw
        message = f"Invalid {param}: must be one of {', '.join(self.values)}"
        raise InvalidParameters(message, param=param)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata of the client; an empty value removes its key, an empty string removes all keys."""

    def parse(self, raw: object, param: str) -> object:
        """The mapping within Stripe's limits; None removes all keys."""
        if raw == "":
            return None
        if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
            message = f"Invalid metadata: {param} must be a mapping of strings."
            raise InvalidParameters(message, param=param)
        if len(raw) > MAX_METADATA_KEYS:
            message = f"You can only have {MAX_METADATA_KEYS} keys in metadata."
            raise InvalidParameters(message, param=param)
        for key, value in raw.items():
            check_metadata_entry(key, value, param)
        return raw


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one type."""

    item: ParameterType
    maximum: int = 100

    def parse(self, raw: object, param: str) -> object:
        """The values in order; an empty string is an empty list."""
        if raw == "":
            return []
        if not isinstance(raw, dict) or not all(key.isascii() and key.isdigit() for key in raw):
            message = "Invalid array"
            raise InvalidParameters(message, param=param)
        if len(raw) > self.maximum:
            message = f"Array {param} exceeded maximum {self.maximum} allowed elements."
            raise InvalidParameters(message, param=param)
        ordered = sorted(raw.items(), key=lambda pair: int(pair[0]))
        return [self.item.parse(value, f"{param}[{key}]") for key, value in ordered]


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object with named parameters, of which some are required."""

    fields: Mapping[str, ParameterType] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def parse(self, raw: object, param: str) -> object:
        """The values by name."""
        if raw == "" and param:
            return None
        if not isinstance(raw, dict):
            message = "Invalid object"
            raise InvalidParameters(message, param=param)
        return parse_object(self, raw, param)


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value, not validated."""

    def parse(self, raw: object, param: str) -> object:  # noqa: ARG002
        """The raw value."""
        return raw


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A time in whole seconds, or a range: gt, gte, lt, lte."""

    def parse(self, raw: object, param: str) -> object:
        """The bounds; a single time becomes `gte` and `lte`."""
        if isinstance(raw, str):
            time = Integer().parse(raw, param)
            return {"gte": time, "lte": time}
        bounds = dict.fromkeys(("gt", "gte", "lt", "lte"), Integer())
        return ObjectOf(bounds).parse(raw, param)


def parse_object(group: ObjectOf, raw: Json, param: str) -> Json:
    """Parse a mapping: rejects unknown names, then missing ones, then invalid values."""
    unknown = [name for name in raw if name not in group.fields]
    if unknown:
        names = [full_name(param, name) for name in unknown]
        plural = "s" if len(names) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(names)}"
        raise InvalidParameters(message, code="parameter_unknown", param=names[0])
    for name in group.required:
        if name not in raw:
            message = f"Missing required param: {full_name(param, name)}."
            raise InvalidParameters(message, code="parameter_missing", param=full_name(param, name))
        if raw[name] == "":
            raise empty_value_error(full_name(param, name))
    return {name: group.fields[name].parse(value, full_name(param, name)) for name, value in raw.items()}


def full_name(param: str, name: str) -> str:
    """The name of a nested parameter with its parents."""
    return f"{param}[{name}]" if param else name


def check_metadata_entry(key: str, value: str, param: str) -> None:
    """Reject keys and values that are too long."""
    if len(key) > MAX_METADATA_KEY:
        message = f"Invalid metadata key: {key[:20]}...; must be at most {MAX_METADATA_KEY} characters"
        raise InvalidParameters(message, param=param)
    if len(value) > MAX_METADATA_VALUE:
        message = (
            f"Metadata values can have up to {MAX_METADATA_VALUE} characters, but you passed in a value that is "
            f"{len(value)} characters. Invalid value: {value[:20]}..."
        )
        raise InvalidParameters(message, param=f"{param}[{key}]")


def empty_value_error(param: str) -> InvalidParameters:
    """The error for an empty value of a required parameter."""
    message = (
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty value."
    )
    return InvalidParameters(message, code="parameter_invalid_empty", param=param)
