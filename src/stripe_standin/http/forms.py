"""Parses Stripe's request encoding: form fields with brackets in their names, `a[b][0][c]=d`."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from stripe_standin.errors import InvalidParameters
from stripe_standin.json_types import Json

MAX_FIELDS = 2000
MAX_DEPTH = 8
NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
PART = re.compile(r"\[([^\[\]]*)\]")


def parse_form(text: str) -> Json:
    """The nested parameters of a form; an array becomes a mapping from position to value."""
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except (ValueError, UnicodeError) as error:
        message = "Invalid request: the parameters could not be decoded as a UTF-8 form."
        raise InvalidParameters(message) from error
    params: Json = {}
    for name, value in fields:
        put_value(params, name, value)
    return params


def put_value(params: Json, name: str, value: str) -> None:
    """Set the value at the path of the field."""
    found = NAME.match(name)
    if found is None or "\x00" in name + value:
        message = f"Invalid parameter name: {name!r}"
        raise InvalidParameters(message)
    path = [found[1], *PART.findall(found[2])]
    if len(path) > MAX_DEPTH:
        message = f"Parameters are nested too deeply: {name[:80]}"
        raise InvalidParameters(message)
    target = params
    for depth, part in enumerate(path[:-1]):
        following = path[depth + 1]
        target = get_mapping(target, resolve_key(target, part, following, is_last=depth + 2 == len(path)), name)
    last = path[-1]
    target[last if last or len(path) == 1 else str(len(target))] = value


def resolve_key(target: Json, part: str, following: str, *, is_last: bool) -> str:
    """The key of one part of a path; `[]` starts a new element when the last one already has this field."""
    if part:
        return part
    latest = str(len(target) - 1)
    element = target.get(latest)
    if isinstance(element, dict) and not (is_last and following in element):
        return latest
    return str(len(target))


def get_mapping(target: Json, key: str, name: str) -> Json:
    """The mapping under a key, created if it is missing."""
    mapping = target.setdefault(key, {})
    if not isinstance(mapping, dict):
        message = f"Invalid parameter: {name} is given both as a value and as a mapping."
        raise InvalidParameters(message, param=name)
    return mapping
