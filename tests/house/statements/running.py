"""Runs statements on the sample, holds every row against its annotations, and takes everything back."""

from __future__ import annotations

import re
import types
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import psycopg
from psycopg.rows import class_row, scalar_row, tuple_row
from tests.house.statements.recording import ROWS, VALUES, Statement

_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b")
# The queue's tables come from its library, which leaves no comment; they are reached through core.jobs.
QUEUE = "procrastinate_"


@dataclass
class Outcome:
    """What the runs of one statement brought."""

    rows: int = 0
    finished: int = 0
    problems: set[str] = field(default_factory=set)


class Runner:
    """Runs on the application's own connection, so that a statement which its role may not run fails as well."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.outcomes: dict[tuple[str, str], Outcome] = {}

    def run(self, statement: Statement, params: dict[str, Any]) -> None:
        outcome = self.outcomes.setdefault((statement.function, statement.sql), Outcome())
        try:
            with self._connection.transaction(force_rollback=True):
                rows = self._fetch(statement, params)
        except psycopg.IntegrityError as error:
            # The sample did not fit to a constraint, unless the statement itself leaves a column out.
            if isinstance(error, psycopg.errors.NotNullViolation) and None not in params.values():
                outcome.problems.add(f"{statement}: {error}")
            return
        except (psycopg.Error, TypeError) as error:
            outcome.problems.add(f"{statement}: {type(error).__name__}: {error}")
            return
        outcome.finished += 1
        outcome.rows += len(rows)
        outcome.problems |= {f"{statement}: {what}" for row in rows for what in find_misfits(statement, row)}

    def _fetch(self, statement: Statement, params: dict[str, Any]) -> list[Any]:
        factory: Any = tuple_row
        if statement.kind in ROWS:
            factory = class_row(statement.row)
        elif statement.kind in VALUES:
            factory = scalar_row
        with self._connection.cursor(row_factory=factory) as cursor:
            cursor.execute(statement.sql, params)
            return list(cursor.fetchall()) if cursor.description else []

    def tables_written(self, statement: Statement, params: dict[str, Any]) -> set[str]:
        """As the plan says, so that no clever text hides one."""
        if not _WRITES.search(statement.sql):
            return set()
        with self._connection.transaction(force_rollback=True):
            plan = self._connection.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", params).fetchone()
        return set(_modified(plan))


def _modified(node: Any) -> list[str]:
    """The relations of every ModifyTable in a plan."""
    if isinstance(node, list | tuple):
        return [name for part in node for name in _modified(part)]
    if not isinstance(node, dict):
        return []
    here = [node["Relation Name"]] if node.get("Node Type") == "ModifyTable" and "Relation Name" in node else []
    return here + [name for part in node.values() for name in _modified(part)]


def find_misfits(statement: Statement, row: Any) -> list[str]:
    """The fields whose value is not what their annotation says."""
    if statement.kind in ROWS:
        hints = _hints(statement.row)
        return [
            f"{name} is {getattr(row, name)!r} and typed {hint}"
            for name, hint in hints.items()
            if hasattr(row, name) and not fits(getattr(row, name), hint)
        ]
    if statement.kind in VALUES:
        hint = statement.row | None if statement.kind == "find_value" else statement.row
        return [] if fits(row, hint) else [f"the value is {row!r} and typed {hint}"]
    return []


@cache
def _hints(row: Any) -> dict[str, Any]:
    return get_type_hints(row)


def fits(value: Any, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in {Any, object}:
        return True
    if origin in {Annotated, Union, types.UnionType}:
        return any(fits(value, kind) for kind in (arguments[:1] if origin is Annotated else arguments))
    if origin is Literal:
        return value in arguments
    if origin in {list, dict}:
        return isinstance(value, origin) and (origin is dict or all(fits(item, arguments[0]) for item in value))
    kind = type(None) if hint is None else hint
    return type(value) is kind or (kind not in {int, bool} and isinstance(value, kind))
