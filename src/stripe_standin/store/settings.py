"""Settings that survive a restart."""

from __future__ import annotations

import sqlite3

import orjson

READ_SETTING = "SELECT value FROM settings WHERE name = ?"
WRITE_SETTING = (
    "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def read_setting(database: sqlite3.Connection, name: str) -> object:
    """The value of a setting, or None."""
    row = database.execute(READ_SETTING, (name,)).fetchone()
    return None if row is None else orjson.loads(row[0])


def write_setting(database: sqlite3.Connection, name: str, value: object) -> None:
    """Store the value of a setting."""
    database.execute(WRITE_SETTING, (name, orjson.dumps(value)))
