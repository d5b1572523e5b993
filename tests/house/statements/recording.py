"""Calls every function of every queries module with the choices that may change its statement, and keeps each text.

Nothing is executed: the functions of core.database are replaced, and the connection that is handed over refuses.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, get_type_hints
from unittest.mock import MagicMock, patch

from tests.house.statements.choices import combinations_of
from tests.house.statements.shapes import values_of

import coursify
import coursify_sandbox
from coursify.core import database
from coursify.core.database import Connection
from coursify.core.errors import AppError

# How a statement's rows come back: whole rows as a dataclass, single values, mappings, or a count.
ROWS = {"fetch_all", "fetch_optional", "fetch_one"}
VALUES = {"fetch_values", "find_value", "fetch_value"}
FETCHERS = ROWS | VALUES | {"fetch_records", "execute"}

QueryFunction = Callable[..., Awaitable[Any]]

# Choices that no caller makes, each with the rule that forbids it.
IMPOSSIBLE: dict[str, Callable[[dict[str, Any]], bool]] = {
    # no index is in the order of relevance
    f"coursify.modules.courses.queries.{name}": lambda said: said["order"] == "relevance"
    for name in (
        *("catalogue.list_courses_in_index_order", "catalogue.list_courses_of_small_catalogue"),
        *("filtered.collect_courses", "filtered.walk_order", "search.find_matches"),
    )
}


@dataclass(frozen=True)
class Statement:
    """One text as one call says it; `kind` is the function of core.database that got it, `row` what a row becomes."""

    function: str
    kind: str
    row: Any
    sql: str
    params: dict[str, Any]

    @property
    def owner(self) -> str:
        """The module whose statement it is (`core`, `users`, …), or another package."""
        parts = self.function.split(".")
        if parts[0] != "coursify":
            return parts[0]
        return parts[2] if parts[1] == "modules" else parts[1]

    def __str__(self) -> str:
        return self.function.removeprefix("coursify.").removeprefix("modules.")


def queries_modules() -> list[ModuleType]:
    """Every module called `queries`, or in a package of that name."""
    names = [
        module.name
        for package in (coursify, coursify_sandbox)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if _may_import(module.name)
    ]
    return [importlib.import_module(name) for name in names if "queries" in name.split(".")]


def _may_import(name: str) -> bool:
    return not name.endswith("__main__")


def query_functions(module: ModuleType) -> list[QueryFunction]:
    """Its functions that take a connection first."""
    return [
        function
        for function in vars(module).values()
        if inspect.iscoroutinefunction(function)
        and function.__module__ == module.__name__
        and next(iter(get_type_hints(function).values()), None) == Connection
    ]


def record_all() -> list[Statement]:
    """Every statement of the application, each different text with each different choice of types once."""
    functions = [function for module in queries_modules() for function in query_functions(module)]
    return asyncio.run(record(functions))


async def record(functions: list[QueryFunction]) -> list[Statement]:
    recorder = Recorder()
    with recorder.listening():
        for function in functions:
            for number, arguments in enumerate(_calls_of(function)):
                await recorder.call(function, arguments, finds=False)
                if number == 0:
                    await recorder.call(function, arguments, finds=True)
    return list(recorder.statements.values())


def _calls_of(function: QueryFunction) -> Iterator[dict[str, Any]]:
    """The combinations of the parameters' choices, without the connection."""
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    names = list(inspect.signature(function).parameters)[1:]
    module = sys.modules[function.__module__]
    is_impossible = IMPOSSIBLE.get(f"{function.__module__}.{function.__qualname__}", _never)
    choices = [values_of(hints[name], name, module) for name in names]
    for chosen in combinations_of(choices):
        arguments = dict(zip(names, chosen, strict=True))
        if not is_impossible(arguments):
            yield arguments


def _never(_said: dict[str, Any]) -> bool:
    return False


class Recorder:
    """Stands in for core.database."""

    def __init__(self) -> None:
        self.statements: dict[tuple[Any, ...], Statement] = {}
        self._finds = False

    def listening(self) -> _Listening:
        return _Listening(self)

    async def call(self, function: QueryFunction, arguments: dict[str, Any], *, finds: bool) -> None:
        """`finds`: whether its statements shall find something, so that what follows a find is said as well."""
        self._finds = finds
        signature = inspect.signature(function)
        db = MagicMock(side_effect=AssertionError("queries speak through the functions of core.database"))
        positional = [db]
        named = {}
        for name, value in arguments.items():
            if signature.parameters[name].kind is inspect.Parameter.KEYWORD_ONLY:
                named[name] = value
            else:
                positional.append(value)
        with contextlib.suppress(AppError, LookupError):
            await function(*positional, **named)

    def make(self, kind: str) -> Callable[..., Awaitable[Any]]:
        async def fetch(_db: Any, *said: Any, **params: Any) -> Any:
            row, sql = (None, *said) if len(said) == 1 else said
            caller = sys._getframe(1)
            function = f"{caller.f_globals['__name__']}.{caller.f_code.co_name}"
            types = tuple(sorted((name, _type_of(value)) for name, value in params.items()))
            self.statements.setdefault((function, sql, types), Statement(function, kind, row, sql, params))
            return self._answer(kind, row)

        return fetch

    def _answer(self, kind: str, row: Any) -> Any:
        if kind in {"fetch_all", "fetch_values", "fetch_records"}:
            return []
        if kind == "execute":
            return int(self._finds)
        if kind in {"fetch_optional", "find_value"} and not self._finds:
            return None
        return values_of(row, "found", None)[-1]


class _Listening:
    """Replaces the functions of core.database wherever they were imported."""

    def __init__(self, recorder: Recorder) -> None:
        self._patches = [
            patch.object(module, name, recorder.make(name))
            for module in {*queries_modules(), database}
            for name in FETCHERS & vars(module).keys()
        ]

    def __enter__(self) -> None:
        for each in self._patches:
            each.start()

    def __exit__(self, *_error: object) -> None:
        for each in self._patches:
            each.stop()


def _type_of(value: Any) -> Any:
    """What decides the types of a statement's parameters."""
    if isinstance(value, list):
        return (list, *sorted({type(item).__name__ for item in value}))
    return type(value).__name__
