"""Compares values with the types that the official SDK declares."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import types
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import (
    Any,
    ClassVar,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject

UNIONS = (Union, types.UnionType)
# The imports inside `if TYPE_CHECKING:`, which are the only indented ones at the head of the SDK's modules.
IMPORTS = re.compile(r"^    from (stripe[\w.]*) import (\([^)]*\)|[^\n(]+)$", re.MULTILINE)


def violations(value: Any, annotation: Any, path: str = "") -> list[str]:
    """Every difference between a value and its annotation; an empty list means that it matches."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Required, NotRequired}:
        return violations(value, arguments[0], path)
    if origin in UNIONS:
        return violations_of_union(value, arguments, path)
    if origin is Literal:
        return [] if value in arguments else [f"{path}: {value!r} is none of {arguments[:8]}"]
    return violations_of_class(value, origin or annotation, (*arguments, Any), path)


def violations_of_class(value: Any, cls: Any, arguments: tuple[Any, ...], path: str) -> list[str]:
    """A class, generic or not: compares the items of a container and the fields of an object."""
    for container, compare in CONTAINERS:
        if inspect.isclass(cls) and issubclass(cls, container) and not is_typed_dict(cls):
            return compare(value, arguments[-2] if len(arguments) > 1 else Any, path)
    if cls is dict:
        return violations_of_mapping(value, arguments[-2] if len(arguments) > 1 else Any, path)
    if inspect.isclass(cls) and (issubclass(cls, StripeObject) or is_typed_dict(cls)):
        return violations_of_fields(value, cls, path)
    return [] if cls in {Any, object} else violations_of_scalar(value, cls, path)


def violations_of_union(value: Any, options: tuple[Any, ...], path: str) -> list[str]:
    """A list of literals beside `str` is closed; otherwise the option with the fewest differences counts."""
    if value is None and type(None) in options:
        return []
    literals = {literal for option in options if get_origin(option) is Literal for literal in get_args(option)}
    if literals - {""} and isinstance(value, str):
        return [] if value in literals else [f"{path}: {value!r} is none of {sorted(literals)[:8]}"]
    found = [violations(value, option, path) for option in options if option is not type(None)]
    return min(found, key=len)


def violations_of_list(value: Any, item: Any, path: str) -> list[str]:
    """Each element."""
    if not isinstance(value, list):
        return [f"{path}: {value!r} is no list"]
    return [one for place, element in enumerate(value) for one in violations(element, item, f"{path}[{place}]")]


def violations_of_mapping(value: Any, item: Any, path: str) -> list[str]:
    """A mapping with free keys."""
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no mapping"]
    return [one for key, element in value.items() for one in violations(element, item, f"{path}.{key}")]


def violations_of_page(value: Any, item: Any, path: str) -> list[str]:
    """A list object of Stripe."""
    if not isinstance(value, dict) or set(value) != {"object", "data", "has_more", "url"} or value["object"] != "list":
        return [f"{path}: {str(value)[:80]} is no list object"]
    return violations_of_list(value["data"], item, f"{path}.data")


def violations_of_fields(value: Any, cls: type, path: str) -> list[str]:
    """An object with fields: no unknown field, no missing field, each value of its type."""
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no {cls.__name__}"]
    known = fields_of(cls)
    found = [f"{path}.{name}: unknown to {cls.__name__}" for name in value if name not in known]
    for name, annotation in known.items():
        if name in value:
            found += violations(value[name], annotation, f"{path}.{name}")
        elif not may_be_absent(annotation, cls, name):
            found.append(f"{path}.{name}: missing from {cls.__name__}")
    return found


def may_be_absent(annotation: Any, cls: type, name: str) -> bool:
    """Whether a field can be absent: an optional one of a resource, or one of parameters that is not required."""
    if is_typed_dict(cls):
        return get_origin(annotation) is NotRequired or name not in cls.__required_keys__  # type: ignore[attr-defined]
    return get_origin(annotation) in UNIONS and type(None) in get_args(annotation)


def violations_of_scalar(value: Any, annotation: Any, path: str) -> list[str]:
    """Numbers, strings and booleans; a decimal is a string."""
    expected = {float: (int, float), Decimal: (str,)}.get(annotation, (annotation,))
    fits = isinstance(value, expected) and (annotation is bool or not isinstance(value, bool))
    return [] if fits else [f"{path}: {value!r} is no {getattr(annotation, '__name__', annotation)}"]


@cache
def fields_of(cls: type) -> dict[str, Any]:
    """The declared fields of a resource or parameter class, forward references resolved as its module imports them."""
    own = inspect.get_annotations(cls)
    carrier = type("Carrier", (), {"__annotations__": own, "__module__": cls.__module__})
    names = names_for_types("stripe._request_options") | names_for_types(cls.__module__)
    hints = get_type_hints(carrier, localns=names, include_extras=True)
    return {name: resolve(hint, cls) for name, hint in hints.items() if get_origin(hint) is not ClassVar}


def resolve(hint: Any, cls: type) -> Any:
    """A hint whose remaining forward references, if any, are looked up in the class's module."""
    if isinstance(hint, ForwardRef):
        return names_for_types(cls.__module__)[hint.__forward_arg__]
    return hint


@cache
def names_for_types(module_name: str) -> dict[str, Any]:
    """What a module imports for type checkers only, and what it defines."""
    module = sys.modules[module_name]
    names = dict(vars(module))
    for source, imported in IMPORTS.findall(inspect.getsource(module)):
        found = importlib.import_module(source)
        for name in re.sub(r"#.*|[()]", "", imported).replace("\n", " ").split(","):
            original, _, alias = name.strip().partition(" as ")
            if original:
                names[alias or original] = getattr(found, original)
    return names


def is_typed_dict(cls: Any) -> bool:
    """Whether a class is a TypedDict, as the SDK's parameters are."""
    return inspect.isclass(cls) and hasattr(cls, "__required_keys__")


CONTAINERS: tuple[tuple[type, Callable[[Any, Any, str], list[str]]], ...] = (
    (list, violations_of_list),
    (ListObject, violations_of_page),
    (UntypedStripeObject, violations_of_mapping),
)
