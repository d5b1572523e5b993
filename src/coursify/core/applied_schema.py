"""Whether this version may serve the schema of the database: its own, or a newer one that is compatible with it."""

from __future__ import annotations

from typing import Literal

import psycopg

from coursify.core.database import Connection
from coursify.core.queries import system

# served: exactly this version's. compatible: newer, and this version works with it (docs/decisions/0046).
# behind: older, or missing. ahead: newer, and this version cannot work with it.
SchemaState = Literal["served", "compatible", "behind", "ahead"]
USABLE: frozenset[SchemaState] = frozenset({"served", "compatible"})
# The table or its column is not there, or the migration that grants access to it has not ended.
_NOT_MIGRATED = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.InsufficientPrivilege,
)


async def find_schema_state(db: Connection, *, head: str) -> SchemaState:
    """`head` is the newest revision of this version."""
    try:
        applied = await system.find_applied_schema(db)
    except _NOT_MIGRATED:
        return "behind"
    if applied is None or applied.revision < head:
        return "behind"
    if applied.revision == head:
        return "served"
    return "compatible" if applied.compatible_from <= head else "ahead"


def explain(state: SchemaState, *, head: str) -> str:
    """One sentence for operators about a schema that this version cannot serve."""
    if state == "behind":
        return f"The schema of the database is older than revision {head}: run `coursify migrate` of this version."
    return (
        f"The schema of the database is newer than revision {head}, and this version cannot serve it: "
        "start the version that migrated it."
    )
