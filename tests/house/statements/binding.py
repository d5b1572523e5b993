"""Finds values in the sample that bring a statement's rows: a column that is compared with a parameter lends them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row
from tests.house.statements.describing import Description
from tests.house.statements.recording import Statement

Row = dict[str, Any]
_COMPARED = re.compile(r"(?:(\w+)\.)?(\w+)\s*(?:=|<>|<=|>=|<|>)\s*(?:ANY\s*\(\s*)?%\((\w+)\)s")
# A list that is compared as a table of one column.
_UNNESTED = re.compile(r"unnest\(%\((?P<name>\w+)\)s::\w+\[\]\) AS \w+ \((?P<column>\w+)\)")
_TABLE = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+AS)?(?:\s+(?!SET|WHERE|JOIN|LEFT|ON|ORDER|VALUES)(\w+))?"
)
_INSERTED = re.compile(
    r"\bINSERT\s+INTO\s+(\w+)[^(]*\(([^)]*)\)\s*VALUES\s*\((.*?)\)\s*(?:ON\b|RETURNING\b|\)|$)", re.DOTALL
)
# How much a list shows, and where it begins.
_SIZES = {"limit": 50, "cap": 50, "offset": 0, "max_bytes": 1_000, "newest": 50, "least_learners": 1, "read": 50}
# The ends of a range of time that has the whole sample in it; every second choice is one.
_LONG_AGO, _SOON = timedelta(days=-60), timedelta(hours=1)
_RANGES = {
    "since": _LONG_AGO,
    "months_from": _LONG_AGO,
    "split": _LONG_AGO,
    "months_until": _SOON,
    "until": _SOON,
    "begins": _LONG_AGO,
    "ends": _SOON,
}


@dataclass
class Sample:
    """The rows there are, and what the catalog says of their tables."""

    connection: psycopg.Connection[Any]

    @cached_property
    def tables(self) -> set[str]:
        found = self.connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {name for (name,) in found.fetchall()}

    @cached_property
    def references(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(table, column) → (table, column) that it points at."""
        found = self.connection.execute(
            """
            SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'
            """
        )
        return {(table, column): (other, key) for table, column, other, key in found.fetchall()}

    @cached_property
    def unique(self) -> set[tuple[str, str]]:
        found = self.connection.execute(
            """
            SELECT i.indrelid::regclass::text, a.attname FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indisunique
            """
        )
        return set(found.fetchall())

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        return {}

    def rows(self, table: str) -> list[Row]:
        if table not in self._rows:
            with self.connection.cursor(row_factory=dict_row) as cursor:
                found = cursor.execute(f"SELECT * FROM {table} LIMIT 100").fetchall()
            self._rows[table] = random.Random(table).sample(found, len(found))
        return self._rows[table]

    def has_rows_for(self, sql: str) -> bool:
        return all(self.rows(table) for table, _alias in _TABLE.findall(sql) if table in self.tables)


def bindings(statement: Statement, description: Description, sample: Sample, count: int) -> Iterator[dict[str, Any]]:
    """`count` choices of parameters, the same ones in every run."""
    names = description.parameters.keys()
    for number in range(count):
        chance = random.Random(f"{statement}{number}")
        bound = {
            name: _default(name, statement.params[name], kind, number) for name, kind in description.parameters.items()
        }
        bound |= _inserted(statement.sql, sample, chance)
        bound |= _compared(statement.sql, sample, number, bound)
        yield statement.params | {name: bound[name] for name in names}


def _default(name: str, value: Any, kind: str, number: int) -> Any:
    """What a parameter is that nothing in the sample speaks of; a page's key is far above or far below."""
    if name in _SIZES:
        return _SIZES[name]
    if name.startswith("after_") or (isinstance(value, str) and kind not in {"text", "tsquery"}):
        return _extreme(kind, is_high=number % 2 == 0)
    if isinstance(value, list) and name in _RANGES:
        return [datetime.now(UTC) + _RANGES[name]] * len(value)
    if isinstance(value, date) and name in _RANGES and number % 2 == 0:
        moment = datetime.now(UTC) + _RANGES[name]
        return moment if isinstance(value, datetime) else moment.date()
    if isinstance(value, datetime):
        return datetime.now(UTC) + (
            timedelta() if name == "now" else timedelta(hours=1) if number % 2 else -timedelta(days=1)
        )
    return value


def _extreme(kind: str, *, is_high: bool) -> Any:
    high_and_low: dict[str, tuple[Any, Any]] = {
        "uuid": (UUID(int=2**128 - 1), UUID(int=0)),
        "timestamptz": (datetime.now(UTC) + timedelta(days=1), datetime(2000, 1, 1, tzinfo=UTC)),
        "numeric": (Decimal(1000), Decimal(0)),
        "text": ("zzzz", ""),
        "int8multirange": ("{(,)}", "{}"),
    }
    high, low = high_and_low.get(kind, (1_000_000, 0))
    return high if is_high else low


def _compared(sql: str, sample: Sample, number: int, bound: dict[str, Any]) -> dict[str, Any]:
    """Columns of one table lend from one row, and rows of further tables fit to what is lent already."""
    aliases = {alias or table: table for table, alias in _TABLE.findall(sql) if table in sample.tables}
    wanted: dict[str, dict[str, str]] = {}
    listed = [("", found["column"], found["name"]) for found in _UNNESTED.finditer(sql)]
    for alias, column, name in [*_COMPARED.findall(sql), *listed]:
        for table in [aliases.get(alias)] if alias else list(aliases.values()):
            if table and sample.rows(table) and column in sample.rows(table)[0]:
                wanted.setdefault(table, {}).setdefault(name, column)
                break
    lent: dict[str, Any] = {}
    known: Row = {}
    for table, columns in wanted.items():
        fitting = [
            row for row in sample.rows(table) if all(row.get(key, value) == value for key, value in known.items())
        ]
        candidates = fitting or sample.rows(table)
        row = candidates[number % len(candidates)]
        known |= {key: value for key, value in row.items() if key.endswith("_id")}
        for name, column in columns.items():
            if name not in lent and row[column] is not None and not isinstance(row[column], datetime):
                lent[name] = [row[column]] if isinstance(bound.get(name), list) else row[column]
    return lent


def _inserted(sql: str, sample: Sample, chance: random.Random) -> dict[str, Any]:
    """A new row: what must be unique is fresh, what points at another row points at one, the rest is as elsewhere."""
    found = _INSERTED.search(sql)
    if found is None or found[1] not in sample.tables:
        return {}
    values: dict[str, Any] = {}
    table = found[1]
    columns = [column.strip() for column in found[2].split(",")]
    for column, said in zip(columns, re.split(r",(?![^()]*\))", found[3]), strict=False):
        name = re.fullmatch(r"%\((\w+)\)s", said.strip())
        if name is None:
            continue
        target, key = sample.references.get((table, column), ("", ""))
        if target and sample.rows(target):
            values[name[1]] = chance.choice(sample.rows(target))[key]
        elif sample.rows(table):
            like = chance.choice(sample.rows(table))[column]
            values[name[1]] = _fresh(like, chance) if (table, column) in sample.unique else like
    return {name: value for name, value in values.items() if value is not None and not isinstance(value, dict)}


def _fresh(like: Any, chance: random.Random) -> Any:
    if isinstance(like, UUID):
        return uuid4()
    if isinstance(like, bytes):
        return chance.randbytes(len(like))
    return f"{like}{chance.randrange(10**6)}" if isinstance(like, str) else like
