"""Opens every value of every sealed column, so that a test can read what the database says behind its keys."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from coursify.core.crypto import Sealer
from coursify.sealed_columns import SEALED_COLUMNS


def open_sealed_columns(connection: psycopg.Connection[Any], sealer: Sealer) -> dict[str, list[str]]:
    """The plain text of each value, by `table.column`. Raises when a value does not open."""
    opened = {}
    for sealed in SEALED_COLUMNS:
        columns = sql.SQL(", ").join(map(sql.Identifier, (sealed.column, *sealed.key)))
        query = sql.SQL("SELECT {} FROM {} WHERE {} IS NOT NULL").format(
            columns, sql.Identifier(sealed.table), sql.Identifier(sealed.column)
        )
        opened[f"{sealed.table}.{sealed.column}"] = [
            sealer.open(value, associated_data=sealed.for_row(*key)).decode()
            for value, *key in connection.execute(query).fetchall()
        ]
    return opened
