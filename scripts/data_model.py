"""Draws docs/data-model.md from a migrated database: tables, comments, columns and references as PostgreSQL has them.

`make docs` runs it; by hand: python scripts/data_model.py postgresql://…
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

# From the bottom of the ladder upwards, as ARCHITECTURE.md has it.
MODULES = [
    "core",
    "users",
    "notifications",
    "identity",
    "media",
    "courses",
    "enrollments",
    "certificates",
    "reviews",
    "storefront",
    "playback",
    "notices",
    "ledger",
    "attention",
    "payments",
    "webhooks",
    "privacy",
    "analytics",
    "admin",
]
SHORT_TYPES = {"timestamp with time zone": "timestamptz", "character varying": "varchar"}

INTRODUCTION = """# The data model

This page is drawn from the migrated database; `make docs` writes it anew, and a test compares.
PostgreSQL is the only truth: Redis may be wiped at any moment.

- **Each table has one owner**: the module named before the colon in the table's comment. Only its owner writes it,
  everyone may read it; the statement check (`tests/house/test_statements.py`) holds every statement to that.
- **Ids are UUIDv7**, made by PostgreSQL, so they sort by time. Times are `timestamptz`, UTC.
- **Money is an integer** in the currency's smallest unit (`_minor`), beside its `currency`.
- **What is derived is not stored**: whether access is open, an enrollment's status, a payment's status, progress.
- **The application may only add** to `ledger_transactions`, `ledger_entries`, `audit_log` and `payment_status_history`
  ([decision 0010](decisions/0010-migrations-roles-and-append-only-tables.md)).
- `bytea` columns hold hashes of tokens, or text that is sealed (AES-256-GCM); never a secret in clear.
- The job queue's own tables (`procrastinate_…`) are copied from its library.

## The whole
"""

COLUMNS = """
SELECT c.relname AS table_name, split_part(said.text, ':', 1) AS owner,
       btrim(substr(said.text, strpos(said.text, ':') + 1)) AS comment,
       a.attname AS name, format_type(a.atttypid, NULL) AS type_name, NOT a.attnotnull AS is_nullable,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY(k.conkey))
           AS is_key,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'u' AND k.conkey = ARRAY[a.attnum])
           AS is_unique,
       f.confrelid::regclass::text AS target,
       coalesce((SELECT true FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL
                 AND i.indnatts = 1 AND i.indkey[0] = a.attnum), false) AS is_alone
FROM pg_class c CROSS JOIN LATERAL (SELECT coalesce(obj_description(c.oid, 'pg_class'), '') AS text) AS said
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.conkey[1] = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND c.relname <> 'alembic_version' AND c.relname NOT LIKE 'procrastinate%'
ORDER BY c.relname, a.attnum, target
"""


@dataclass(frozen=True)
class Column:
    """A column, and what the catalog says of its table."""

    table_name: str
    owner: str
    comment: str
    name: str
    type_name: str
    is_nullable: bool
    is_key: bool
    is_unique: bool
    target: str | None
    is_alone: bool


def render(connection: psycopg.Connection[Any]) -> str:
    """The whole page."""
    with connection.cursor(row_factory=class_row(Column)) as cursor:
        columns = cursor.execute(COLUMNS).fetchall()
    owners = {column.owner for column in columns}
    unknown = owners - set(MODULES)
    if unknown:
        raise SystemExit(f"A table's comment begins with its owner, one of {', '.join(MODULES)}; found {unknown}.")
    parts = [INTRODUCTION, *_overview(columns)]
    for module in MODULES:
        if module in owners:
            parts += _module(module, [column for column in columns if column.owner == module])
    return "\n".join(parts).rstrip() + "\n"


def _overview(columns: list[Column]) -> Iterator[str]:
    """Every table and what it points at, without columns."""
    yield "```mermaid\nerDiagram"
    yield from sorted({_relation(column) for column in columns if column.target})
    yield "```\n"


def _module(module: str, columns: list[Column]) -> Iterator[str]:
    yield f"## {module}\n"
    yield "| Table | What it contains |\n|---|---|"
    yield from dict.fromkeys(f"| `{column.table_name}` | {column.comment} |" for column in columns)
    yield "\n```mermaid\nerDiagram"
    for table in dict.fromkeys(column.table_name for column in columns):
        yield f"    {table} {{"
        yield from (_line(column) for column in columns if column.table_name == table)
        yield "    }"
    inside = {column.table_name for column in columns}
    yield from sorted({_relation(column) for column in columns if column.target in inside})
    yield "```\n"


def _line(column: Column) -> str:
    keys = [
        word for word, holds in (("PK", column.is_key), ("FK", bool(column.target)), ("UK", column.is_unique)) if holds
    ]
    type_name = SHORT_TYPES.get(column.type_name, column.type_name).replace("[]", "_array").replace(" ", "_")
    note = [f'"→ {column.target}"' if column.target else "", '"may be null"' if column.is_nullable else ""]
    text = " ".join(filter(None, [", ".join(keys), _joined(note)]))
    return f"        {type_name} {column.name} {text}".rstrip()


def _joined(notes: list[str]) -> str:
    said = [note.strip('"') for note in notes if note]
    return f'"{", ".join(said)}"' if said else ""


def _relation(column: Column) -> str:
    """`one target has many of these`; a key that is unique alone has at most one."""
    left = "|o" if column.is_nullable else "||"
    right = "o|" if column.is_alone else "o{"
    return f"    {column.target} {left}--{right} {column.table_name} : {column.name}"


def main() -> None:
    with psycopg.connect(sys.argv[1]) as connection:
        print(render(connection), end="")


if __name__ == "__main__":
    main()
