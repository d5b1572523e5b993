"""A judge that is not the stand-in's author: values held against the types that the official SDK declares."""

import importlib
import inspect
import re
import sys
import types
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
    """Every place where a value is not what the annotation says; an empty list is an acquittal."""
    origin = get_origin(annotation)
    if origin in {Required, NotRequired}:
        return violations(value, get_args(annotation)[0], path)
    if annotation is Any or annotation is object:
        return []
    if origin in UNIONS:
        return violations_of_union(value, get_args(annotation), path)
    if origin is Literal:
        return [] if value in get_args(annotation) else [f"{path}: {value!r} is none of {get_args(annotation)[:8]}"]
    if origin is list:
        return violations_of_list(value, get_args(annotation)[0], path)
    if origin is dict:
        return violations_of_mapping(value, get_args(annotation)[1], path)
    if inspect.isclass(origin or annotation) and issubclass(origin or annotation, UntypedStripeObject):
        return violations_of_mapping(value, (get_args(annotation) or (Any,))[0], path)
    if inspect.isclass(origin or annotation) and issubclass(origin or annotation, ListObject):
        return violations_of_page(value, get_args(annotation)[0], path)
    if inspect.isclass(annotation) and (issubclass(annotation, StripeObject) or is_typed_dict(annotation)):
        return violations_of_fields(value, annotation, path)
    return violations_of_scalar(value, annotation, path)


def violations_of_union(value: Any, options: tuple[Any, ...], path: str) -> list[str]:
    """A closed list of words beside `str` is binding; otherwise the option that fits best decides."""
    if value is None and type(None) in options:
        return []
    words = {word for option in options if get_origin(option) is Literal for word in get_args(option)}
    if words - {""} and isinstance(value, str):
        return [] if value in words else [f"{path}: {value!r} is none of {sorted(words)[:8]}"]
    found = [violations(value, option, path) for option in options if option is not type(None)]
    return min(found, key=len)


def violations_of_list(value: Any, item: Any, path: str) -> list[str]:
    """Each element by itself."""
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
    """An object with named fields: none that the SDK does not know, none missing, each of its type."""
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
    """Whether a field can be left out: optional ones of resources, not required ones of parameters."""
    if is_typed_dict(cls):
        return get_origin(annotation) is NotRequired or name not in cls.__required_keys__  # type: ignore[attr-defined]
    return get_origin(annotation) in UNIONS and type(None) in get_args(annotation)


def violations_of_scalar(value: Any, annotation: Any, path: str) -> list[str]:
    """Numbers, strings and truth values; a decimal travels as a string."""
    expected = {float: (int, float), Decimal: (str,)}.get(annotation, (annotation,))
    fits = isinstance(value, expected) and (annotation is bool or not isinstance(value, bool))
    return [] if fits else [f"{path}: {value!r} is no {getattr(annotation, '__name__', annotation)}"]


@cache
def fields_of(cls: type) -> dict[str, Any]:
    """The declared fields of a resource or parameter class, forward references resolved as its module imports them."""
    own = cls.__annotations__ if is_typed_dict(cls) else cls.__dict__.get("__annotations__", {})
    carrier = type("Carrier", (), {"__annotations__": dict(own), "__module__": cls.__module__})
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
