"""What PostgreSQL says of a statement before it runs: its parameters' types, its columns, and where they come from."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import psycopg
from psycopg._queries import PostgresQuery  # the one place where psycopg turns %(name)s into $1
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from tests.house.statements.recording import ROWS, VALUES, Statement

# What psycopg makes of a column of this type.
PYTHON: dict[str, set[Any]] = {
    "uuid": {UUID},
    "text": {str},
    "varchar": {str},
    "name": {str},
    "bpchar": {str},
    "int2": {int},
    "int4": {int},
    "int8": {int},
    "numeric": {Decimal},
    "float4": {float},
    "float8": {float},
    "bool": {bool},
    "bytea": {bytes},
    "timestamptz": {datetime},
    "date": {date},
    "time": {time},
    "interval": {timedelta},
    "json": {dict, list},
    "jsonb": {dict, list},
    "void": {str},
}


@dataclass(frozen=True)
class Column:
    """A column of a result; `is_nullable` is None where it is computed and nobody can know."""

    name: str
    type_name: str
    is_nullable: bool | None


@dataclass(frozen=True)
class Description:
    parameters: dict[str, str]
    columns: tuple[Column, ...]


class Describer:
    """Prepares statements on one connection and describes them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._transformer = Transformer(connection)

    @cached_property
    def types(self) -> dict[int, str]:
        return dict(self._connection.execute("SELECT oid, typname FROM pg_type").fetchall())

    @cached_property
    def nullable(self) -> dict[tuple[int, int], bool]:
        rows = self._connection.execute("SELECT attrelid, attnum, NOT attnotnull FROM pg_attribute WHERE attnum > 0")
        return {(table, number): is_nullable for table, number, is_nullable in rows.fetchall()}

    @cached_property
    def tables(self) -> dict[int, str]:
        return dict(self._connection.execute("SELECT oid, relname FROM pg_class").fetchall())

    def describe(self, statement: Statement, params: dict[str, Any] | None = None) -> Description:
        """Prepare the statement for the types of these parameters; raises AssertionError with what PostgreSQL says."""
        query = PostgresQuery(self._transformer)
        query.convert(statement.sql, statement.params if params is None else params)
        wire = self._connection.pgconn
        prepared = wire.prepare(b"", query.query, query.types)
        if prepared.status != ExecStatus.COMMAND_OK:
            raise AssertionError(f"{statement}: {prepared.error_message.decode().strip()}")
        result = wire.describe_prepared(b"")
        names = query._order or []
        outer = _outer_joined(statement.sql)
        return Description(
            {name: self.types[result.param_type(index)] for index, name in enumerate(names)},
            tuple(self._column(result, index, outer) for index in range(result.nfields)),
        )

    def _column(self, result: PGresult, index: int, outer: frozenset[str]) -> Column:
        table = result.ftable(index)
        is_nullable = self.nullable.get((table, result.ftablecol(index)))
        if is_nullable is False and self.tables[table] in outer:
            is_nullable = True
        return Column((result.fname(index) or b"").decode(), self.types[result.ftype(index)], is_nullable)


def _outer_joined(sql: str) -> frozenset[str]:
    """The tables that stand only behind a LEFT JOIN, so that all of their columns may be missing."""
    if "LEFT JOIN" not in sql:
        return frozenset()
    left = set(re.findall(r"\bLEFT\s+JOIN\s+(\w+)", sql))
    sure = set(re.findall(r"(?<!LEFT\s)\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)", re.sub(r"\s+", " ", sql)))
    return frozenset(left - sure)


def find_mismatches(statement: Statement, description: Description) -> list[str]:
    """Where what comes back differs from what the code says comes back."""
    return [f"{statement}: {what}" for what in _mismatches(statement.kind, statement.row, description.columns)]


@cache
def _mismatches(kind: str, row: Any, columns: tuple[Column, ...]) -> list[str]:
    if kind in ROWS:
        return _mismatches_of_row(row, columns)
    if kind in VALUES:
        if len(columns) != 1:
            return [f"a single value has one column, not {len(columns)}"]
        return _mismatches_of_column(columns[0], row, may_be_missing=kind == "find_value")
    return []


def _mismatches_of_row(row: Any, columns: tuple[Column, ...]) -> list[str]:
    hints = get_type_hints(row)
    fields = {field.name: field for field in dataclasses.fields(row) if field.init}
    needed = {name for name, field in fields.items() if field.default is field.default_factory is dataclasses.MISSING}
    names = [column.name for column in columns]
    found = [f"column {name} is no field of {row.__name__}" for name in names if name not in fields]
    found += [f"field {name} of {row.__name__} has no column" for name in sorted(needed - set(names))]
    found += [f"column {name} comes twice" for name in sorted(set(names)) if names.count(name) > 1]
    for column in columns:
        if column.name in fields:
            found += _mismatches_of_column(column, hints[column.name], may_be_missing=False)
    return found


def _mismatches_of_column(column: Column, hint: Any, *, may_be_missing: bool) -> list[str]:
    found = []
    if column.is_nullable and not may_be_missing and not takes_none(hint):
        found.append(f"{column.name} may be NULL and is typed {_show(hint)}, without None")
    if not _holds(hint, column.type_name):
        found.append(f"{column.name} is {column.type_name} and typed {_show(hint)}")
    return found


def takes_none(hint: Any) -> bool:
    return any(kind in {Any, object, None, type(None)} for kind in _members(hint))


def _holds(hint: Any, type_name: str) -> bool:
    """Whether psycopg makes of a column of this type what the annotation says."""
    for kind in _members(hint):
        if kind in {Any, object}:
            return True
        if get_origin(kind) is Literal:
            if all(type(value) in PYTHON.get(type_name, set()) for value in get_args(kind)):
                return True
        elif type_name.startswith("_"):
            if (get_origin(kind) or kind) is list and all(_holds(item, type_name[1:]) for item in get_args(kind)):
                return True
        elif (get_origin(kind) or kind) in PYTHON.get(type_name, set()):
            return True
    return False


def _members(hint: Any) -> list[Any]:
    """The kinds of a union, an annotated one without its notes."""
    if get_origin(hint) is Annotated:
        return _members(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        return [member for kind in get_args(hint) for member in _members(kind)]
    return [hint]


def _show(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint).replace("typing.", "")


def larger(params: dict[str, Any], number: int) -> dict[str, Any]:
    """The same parameters with larger numbers: psycopg sends an int as the smallest type that holds it."""
    return {
        name: number if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in params.items()
    }
