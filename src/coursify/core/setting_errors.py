"""What is wrong with a setting, in one sentence. A value is quoted only where its check does so."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_KINDS = {
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number, such as 0.5",
    "bool_parsing": "expected true or false",
    "path_type": "expected a path",
}
_BOUNDS = {
    "greater_than_equal": "expected at least {ge}",
    "greater_than": "expected more than {gt}",
    "less_than_equal": "expected at most {le}",
    "string_too_short": "expected at least {min_length} characters",
    "string_too_long": "expected at most {max_length} characters",
}


def list_problems(error: ValidationError, variables: Mapping[str, str]) -> list[str]:
    """One line for each: the variable, unless the sentence names it, and what is wrong."""
    return [_problem(detail, variables) for detail in error.errors(include_url=False, include_input=False)]


def _problem(detail: ErrorDetails, variables: Mapping[str, str]) -> str:
    name = ".".join(str(part) for part in detail["loc"]).upper()
    sentence = _sentence(detail, detail.get("ctx", {}))
    if detail["type"] == "missing":
        sentence = f"is required{_similar(name, variables)}"
        return f"{name} {sentence}"
    return f"{name}: {sentence}" if name else sentence


def _sentence(detail: ErrorDetails, context: Mapping[str, Any]) -> str:
    kind = detail["type"]
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind == "literal_error":
        return f"expected {context['expected']}"
    return _KINDS.get(kind) or detail["msg"].removeprefix("Value error, ")


def _similar(name: str, variables: Mapping[str, str]) -> str:
    """A variable that is set and looks like a misspelling of the missing one."""
    found = get_close_matches(name, variables, n=1, cutoff=0.85)
    return f"; {found[0]} is set, is that a misspelling?" if found else ""
