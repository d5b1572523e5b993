"""Stripe's request encoding: form fields whose names carry brackets, `a[b][0][c]=d`."""

import re
from urllib.parse import parse_qsl

from stripe_standin.errors import InvalidParameters
from stripe_standin.vocabulary import Json

MAX_FIELDS = 2000
MAX_DEPTH = 8
NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
PART = re.compile(r"\[([^\[\]]*)\]")


def read_form(text: str) -> Json:
    """The nested parameters of a form; arrays come out as mappings from position to value."""
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
    """Store one field under its path."""
    found = NAME.match(name)
    if found is None or "\x00" in name + value:
        message = f"Invalid parameter name: {name!r}"
        raise InvalidParameters(message)
    path = [found[1], *PART.findall(found[2])]
    if len(path) > MAX_DEPTH:
        message = f"Parameters are nested too deeply: {name[:80]}"
        raise InvalidParameters(message)
    place = params
    for depth, part in enumerate(path[:-1]):
        following = path[depth + 1]
        place = step_into(place, key_in(place, part, following, is_last=depth + 2 == len(path)), name)
    last = path[-1]
    place[last if last or len(path) == 1 else str(len(place))] = value


def key_in(place: Json, part: str, following: str, *, is_last: bool) -> str:
    """The key that a part of a path means; `[]` opens a new element when the last one has this field already."""
    if part:
        return part
    latest = str(len(place) - 1)
    element = place.get(latest)
    if isinstance(element, dict) and not (is_last and following in element):
        return latest
    return str(len(place))


def step_into(place: Json, key: str, name: str) -> Json:
    """The mapping under a key, made if absent."""
    inner = place.setdefault(key, {})
    if not isinstance(inner, dict):
        message = f"Invalid parameter: {name} is given both as a value and as a mapping."
        raise InvalidParameters(message, param=name)
    return inner
