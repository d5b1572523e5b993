"""Values for a parameter's annotation: at least one of each kind that may change a statement's text or types."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import ModuleType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from psycopg.types.json import Json, Jsonb
from tests.house.statements.choices import subsets_of

from coursify.core.sealing import SealedColumn
from coursify.sealed_columns import SEALED_COLUMNS

SOME_ID = UUID("01890000-0000-7000-8000-000000000001")
SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
# The columns' own rules want these shapes; anything else takes any text.
TEXTS: dict[str, Any] = {
    "currency": "usd",
    "slug": "some-words",
    "new_slug": "other-words",
    "pattern": "%some%",
    "words": "'wpractice'",
    "whole_words": "'wpractice'",
    "others": "'wpractice'",
    "inside": ["%practice%"],
    "levels": "'wpractice'",
    "category": "design",
    "after": str(SOME_ID),
    "ids": [SOME_ID],
    "any_instructor_id": [SOME_ID],
    "any_category": ["design", "data"],
    "any_level": ["beginner", "all"],
    "any_language": ["en", "de"],
    "durations": "{[0,10800),[36000,)}",
    "has_captions": True,
    "has_no_captions": True,
}

_PLAIN: dict[Any, list[Any]] = {
    UUID: [SOME_ID],
    int: [3],
    float: [1.5],
    bool: [False, True],
    bytes: [b"\x01" * 32],
    datetime: [SOME_TIME],
    date: [SOME_TIME.date()],
    timedelta: [timedelta(days=1)],
    Decimal: [Decimal("4.5")],
    Jsonb: [Jsonb({})],
    Json: [Json({})],
    type(None): [None],
    SealedColumn: [sealed for sealed in SEALED_COLUMNS if not sealed.expires],
}
_LISTS = (list, tuple, set, frozenset, Sequence, Collection, Iterable)


def values_of(annotation: Any, name: str, module: ModuleType | None) -> list[Any]:
    """Every kind of value that fits; `module` is asked for the names of its FILTERS where any mapping would fit."""
    origin, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if annotation in _PLAIN:
        values = _PLAIN[annotation]
    elif annotation in {str, Any, object}:
        values = [TEXTS.get(name, f"some {name}")]
    elif origin is Literal:
        values = list(arguments)
    elif origin in {Annotated, Union, types.UnionType}:
        kinds = arguments[:1] if origin is Annotated else arguments
        values = _unique(value for kind in kinds for value in values_of(kind, name, module))
    elif origin in _LISTS:
        values = _lists(origin, arguments, name, module)
    elif origin in {dict, Mapping}:
        values = _mappings(module)
    else:
        values = _classes(annotation, name, module)
    return values


def _lists(origin: Any, arguments: tuple[Any, ...], name: str, module: ModuleType | None) -> list[Any]:
    """One list of each kind of item; a tuple of any length is a page's key, which has up to four values."""
    items = [values_of(kind, name, module)[0] for kind in arguments if kind is not Ellipsis]
    if origin is tuple:
        return [tuple(items[:1] * 4 if Ellipsis in arguments else items)]
    values = values_of(arguments[0], name, module)
    # Lists that a statement unnests side by side are of one length; rows bring their own choices.
    return [values if dataclasses.is_dataclass(arguments[0]) else values[:1]]


def _mappings(module: ModuleType | None) -> list[Any]:
    """The module's FILTERS: none, each alone, each pair, and all together."""
    names = sorted(getattr(module, "FILTERS", {}))
    return [{name: TEXTS.get(name, "1") for name in chosen} for chosen in subsets_of(names)]


def _classes(kind: Any, name: str, module: ModuleType | None) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)
    if typing.is_typeddict(kind):
        whole = {key: values_of(hint, key, module)[0] for key, hint in get_type_hints(kind).items()}
        return [whole] if kind.__total__ else [whole, *({key: value} for key, value in whole.items())]
    if dataclasses.is_dataclass(kind):
        return _dataclasses(kind, module)
    if hasattr(kind, "__supertype__"):
        return values_of(kind.__supertype__, name, module)
    raise AssertionError(f"no value is known for {name}: {kind}; add one in {__name__}")


def _dataclasses(kind: Any, module: ModuleType | None) -> list[Any]:
    """One with everything that may be missing missing, and one that has all of it."""
    hints = get_type_hints(kind)
    choices = {field.name: values_of(hints[field.name], field.name, module) for field in dataclasses.fields(kind)}
    sparse = {name: None if None in values else values[0] for name, values in choices.items()}
    full = {name: next(value for value in values if value is not None) for name, values in choices.items()}
    return _unique(kind(**fields) for fields in (sparse, full))


def _unique(values: Iterable[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        if not any(value is other or (type(value) is type(other) and value == other) for other in kept):
            kept.append(value)
    return kept
