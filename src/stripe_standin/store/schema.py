"""The schema of the state file; committed changes survive a `kill -9`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    customer TEXT,
    payment_intent TEXT,
    charge TEXT,
    topic TEXT,
    body BLOB NOT NULL,
    hidden BLOB
);
CREATE INDEX IF NOT EXISTS objects_in_order ON objects (kind, created, seq);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (kind, customer, created, seq) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (kind, payment_intent) WHERE payment_intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (kind, charge) WHERE charge IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_topic ON objects (kind, topic, created, seq) WHERE topic IS NOT NULL;
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    target TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (due, id);
CREATE INDEX IF NOT EXISTS deliveries_by_target ON deliveries (target, due, id);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS idempotency_keys (
    api_key TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (api_key, idempotency_key)
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
EMPTY = (
    "DELETE FROM objects",
    "DELETE FROM deliveries",
    "DELETE FROM idempotency_keys",
    "DELETE FROM settings",
)


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database, and create it if it is missing; transactions are explicit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA page_size = 16384")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA busy_timeout = 5000")
    database.execute("PRAGMA cache_size = -65536")
    database.executescript(TABLES)
    return database


def empty_database(database: sqlite3.Connection) -> None:
    """Delete all rows."""
    for statement in EMPTY:
        database.execute(statement)
