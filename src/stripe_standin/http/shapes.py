"""What an operation accepts: every parameter by name and kind, and Stripe's words for all others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from stripe_standin.errors import InvalidParameters
from stripe_standin.vocabulary import Json

MAX_TEXT = 5000
MAX_METADATA_KEYS = 50
MAX_METADATA_KEY = 40
MAX_METADATA_VALUE = 500
LARGEST_INTEGER = 2**53


class Kind(Protocol):
    """A sort of value that a parameter can have."""

    def read(self, raw: object, param: str) -> object:
        """The value as it is meant, or Stripe's refusal."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string; an empty one unsets a field."""

    longest: int = MAX_TEXT

    def read(self, raw: object, param: str) -> object:
        """The text itself."""
        if not isinstance(raw, str):
            message = f"Invalid string: {param} was given as a mapping."
            raise InvalidParameters(message, param=param)
        if len(raw) > self.longest:
            message = f"Invalid string: {raw[:20]}...; must be at most {self.longest} characters"
            raise InvalidParameters(message, param=param, code="parameter_invalid_string_blank")
        return raw


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number."""

    least: int | None = None
    most: int = LARGEST_INTEGER

    def read(self, raw: object, param: str) -> object:
        """The number, if the text is one and within bounds."""
        if raw == "":
            raise empty(param)
        text = raw if isinstance(raw, str) else ""
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            message = f"Invalid integer: {raw}"
            raise InvalidParameters(message, param=param, code="parameter_invalid_integer")
        number = int(text)
        if (self.least is not None and number < self.least) or number > self.most:
            bound = f"greater than or equal to {self.least}" if number <= self.most else f"at most {self.most}"
            message = f"This value must be {bound}."
            raise InvalidParameters(message, param=param, code="parameter_invalid_integer")
        return number


@dataclass(frozen=True, slots=True)
class Boolean:
    """true or false."""

    def read(self, raw: object, param: str) -> object:
        """The truth value."""
        if raw not in ("true", "false"):
            message = f"Invalid boolean: {raw}"
            raise InvalidParameters(message, param=param)
        return raw == "true"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words; `unsettable` ones may be empty."""

    values: tuple[str, ...]
    unsettable: bool = False

    def read(self, raw: object, param: str) -> object:
        """The word, if it is one of them."""
        if raw in self.values or (self.unsettable and raw == ""):
            return raw
        message = f"Invalid {param}: must be one of {', '.join(self.values)}"
        raise InvalidParameters(message, param=param)


@dataclass(frozen=True, slots=True)
class Metadata:
    """A client's own keys and values; an empty value removes a key, an empty string removes all."""

    def read(self, raw: object, param: str) -> object:
        """The mapping, within Stripe's limits, or None for "remove all"."""
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
    """Several values of one kind."""

    item: Kind
    most: int = 100

    def read(self, raw: object, param: str) -> object:
        """The values in their order; an empty string is an empty list."""
        if raw == "":
            return []
        if not isinstance(raw, dict) or not all(key.isascii() and key.isdigit() for key in raw):
            message = "Invalid array"
            raise InvalidParameters(message, param=param)
        if len(raw) > self.most:
            message = f"Array {param} exceeded maximum {self.most} allowed elements."
            raise InvalidParameters(message, param=param)
        ordered = sorted(raw.items(), key=lambda pair: int(pair[0]))
        return [self.item.read(value, f"{param}[{key}]") for key, value in ordered]


@dataclass(frozen=True, slots=True)
class Group:
    """Named parameters, some of them required; any other name is unknown."""

    fields: Mapping[str, Kind] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def read(self, raw: object, param: str) -> object:
        """The values by name."""
        if raw == "" and param:
            return None
        if not isinstance(raw, dict):
            message = "Invalid object"
            raise InvalidParameters(message, param=param)
        return read_group(self, raw, param)


@dataclass(frozen=True, slots=True)
class Anything:
    """What Stripe.js sends for its own ends: taken and not looked at."""

    def read(self, raw: object, param: str) -> object:  # noqa: ARG002
        """The raw value."""
        return raw


@dataclass(frozen=True, slots=True)
class Moments:
    """A moment in whole seconds, or bounds of one: gt, gte, lt, lte."""

    def read(self, raw: object, param: str) -> object:
        """The bounds, of which `gte` and `lte` are the moment itself when one is given."""
        if isinstance(raw, str):
            moment = Integer().read(raw, param)
            return {"gte": moment, "lte": moment}
        bounds = dict.fromkeys(("gt", "gte", "lt", "lte"), Integer())
        return Group(bounds).read(raw, param)


def read_group(group: Group, raw: Json, param: str) -> Json:
    """The named values of a mapping; unknown names first, then missing ones, then each value by its kind."""
    unknown = [name for name in raw if name not in group.fields]
    if unknown:
        names = [inner(param, name) for name in unknown]
        plural = "s" if len(names) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(names)}"
        raise InvalidParameters(message, code="parameter_unknown", param=names[0])
    for name in group.required:
        if name not in raw:
            message = f"Missing required param: {inner(param, name)}."
            raise InvalidParameters(message, code="parameter_missing", param=inner(param, name))
        if raw[name] == "":
            raise empty(inner(param, name))
    return {name: group.fields[name].read(value, inner(param, name)) for name, value in raw.items()}


def inner(param: str, name: str) -> str:
    """The full name of a nested parameter."""
    return f"{param}[{name}]" if param else name


def check_metadata_entry(key: str, value: str, param: str) -> None:
    """Refuse keys and values that are longer than Stripe keeps."""
    if len(key) > MAX_METADATA_KEY:
        message = f"Invalid metadata key: {key[:20]}...; must be at most {MAX_METADATA_KEY} characters"
        raise InvalidParameters(message, param=param)
    if len(value) > MAX_METADATA_VALUE:
        message = (
            f"Metadata values can have up to {MAX_METADATA_VALUE} characters, but you passed in a value that is "
            f"{len(value)} characters. Invalid value: {value[:20]}..."
        )
        raise InvalidParameters(message, param=f"{param}[{key}]")


def empty(param: str) -> InvalidParameters:
    """Stripe's refusal of an empty value where one is needed."""
    message = (
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty value."
    )
    return InvalidParameters(message, code="parameter_invalid_empty", param=param)
