"""The accepted emails, stored in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient);
CREATE TABLE IF NOT EXISTS erasures (position INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Message:
    """An email to one recipient."""

    id: str
    to: str
    from_: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    message_key: str | None
    received_at: str

    def as_json(self) -> dict[str, Any]:
        names = {"from_": "from", "message_key": "messageKey", "received_at": "receivedAt"}
        return {names.get(name, name): value for name, value in asdict(self).items()}


def open_store(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    store = sqlite3.connect(path, isolation_level=None)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = NORMAL")
    store.executescript(SCHEMA)
    return store


def insert_messages(store: sqlite3.Connection, messages: Iterable[Message]) -> None:
    """Store all messages in one transaction."""
    rows = [(message.id, message.to.casefold(), json.dumps(asdict(message))) for message in messages]
    store.execute("BEGIN IMMEDIATE")
    try:
        store.executemany("INSERT INTO messages (id, recipient, content) VALUES (?, ?, ?)", rows)
    except BaseException:
        store.execute("ROLLBACK")
        raise
    store.execute("COMMIT")


def list_messages(store: sqlite3.Connection, recipient: str | None = None) -> list[Message]:
    """All messages, oldest first; with a recipient, those to that address."""
    if recipient is None:
        rows = store.execute("SELECT content FROM messages ORDER BY position")
    else:
        statement = "SELECT content FROM messages WHERE recipient = ? ORDER BY position"
        rows = store.execute(statement, [recipient.casefold()])
    return [Message(**json.loads(content)) for (content,) in rows]


def search_messages(store: sqlite3.Connection, words: str, *, limit: int) -> list[Message]:
    """The newest messages first whose address or subject has the words somewhere, in any case."""
    wanted = words.strip().casefold()
    rows = store.execute("SELECT content FROM messages ORDER BY position DESC")
    found = []
    for (content,) in rows:
        message = Message(**json.loads(content))
        if wanted in message.to.casefold() or wanted in message.subject.casefold():
            found.append(message)
            if len(found) == limit:
                break
    return found


def find_message(store: sqlite3.Connection, message_id: str) -> Message | None:
    row = store.execute("SELECT content FROM messages WHERE id = ?", [message_id]).fetchone()
    return Message(**json.loads(row[0])) if row else None


def delete_messages(store: sqlite3.Connection) -> None:
    """Delete all messages and erasures."""
    store.execute("DELETE FROM messages")
    store.execute("DELETE FROM erasures")


def insert_erasures(store: sqlite3.Connection, addresses: Iterable[str]) -> None:
    store.executemany("INSERT INTO erasures (address) VALUES (?)", [[address] for address in addresses])


def list_erasures(store: sqlite3.Connection) -> list[str]:
    return [address for (address,) in store.execute("SELECT address FROM erasures ORDER BY position")]


def write_setting(store: sqlite3.Connection, name: str, value: object) -> None:
    store.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", [name, json.dumps(value)])


def read_setting(store: sqlite3.Connection, name: str) -> Any:
    row = store.execute("SELECT value FROM settings WHERE name = ?", [name]).fetchone()
    return json.loads(row[0]) if row else None
