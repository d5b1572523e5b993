"""Stripe's objects as rows: the body that the API returns, and hidden data that it never returns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from stripe_standin.json_types import Json

UPSERT = """
INSERT INTO objects (id, kind, created, customer, payment_intent, charge, topic, body, hidden)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, customer = excluded.customer,
    payment_intent = excluded.payment_intent, charge = excluded.charge, topic = excluded.topic, body = excluded.body,
    hidden = coalesce(excluded.hidden, objects.hidden)
"""
FIND = "SELECT body FROM objects WHERE id = ? AND kind = ?"
FIND_ANY = "SELECT body FROM objects WHERE id = ?"
IDS = "SELECT id FROM objects WHERE kind = ?"
FIND_HIDDEN = "SELECT hidden FROM objects WHERE id = ?"
POSITION = "SELECT created, seq FROM objects WHERE id = ? AND kind = ?"
DELETE = "DELETE FROM objects WHERE id = ?"
SELECT_BODY = "SELECT body FROM objects WHERE kind = ?"
NEWEST_FIRST = " ORDER BY created DESC, seq DESC LIMIT ?"
OLDEST_FIRST = " ORDER BY created ASC, seq ASC LIMIT ?"
AFTER = " AND (created, seq) < (?, ?)"
BEFORE = " AND (created, seq) > (?, ?)"
COLUMNS = {
    "customer": " AND customer = ?",
    "payment_intent": " AND payment_intent = ?",
    "charge": " AND charge = ?",
    "topic": " AND topic = ?",
}
BOUNDS = {
    "gt": " AND created > ?",
    "gte": " AND created >= ?",
    "lt": " AND created < ?",
    "lte": " AND created <= ?",
}
LIKE = " AND topic GLOB ?"
DELIVERED = {
    True: " AND id NOT IN (SELECT event FROM deliveries)",
    False: " AND id IN (SELECT event FROM deliveries)",
}
TOPIC_FIELD = {"event": "type", "customer": "email"}


@dataclass(frozen=True, slots=True)
class Page:
    """The filters and the cursor of a list: equal columns, bounds of `created`, topics.

    `topic_like` is a topic with the wildcard `*`; `delivered` filters events by whether their webhooks were accepted.
    """

    limit: int = 10
    equal: Json = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    topic_like: str | None = None
    delivered: bool | None = None
    starting_after: str | None = None
    ending_before: str | None = None


def save(database: sqlite3.Connection, body: Json, *, hidden: Json | None = None, kind: str | None = None) -> None:
    """Insert or update an object; hidden data is kept unless given."""
    database.execute(UPSERT, to_row(body, hidden, kind or body["object"]))


def save_many(database: sqlite3.Connection, rows: Iterable[tuple[Json, Json | None]]) -> None:
    """Insert or update many objects."""
    database.executemany(UPSERT, (to_row(body, hidden, body["object"]) for body, hidden in rows))


def to_row(body: Json, hidden: Json | None, kind: str) -> tuple[object, ...]:
    """The values of the row of an object."""
    return (
        body["id"],
        kind,
        body.get("created", 0),
        body.get("customer"),
        body.get("payment_intent"),
        body.get("charge") or body.get("source"),
        body.get(TOPIC_FIELD.get(kind, "status")),
        orjson.dumps(body),
        None if hidden is None else orjson.dumps(hidden),
    )


def find(database: sqlite3.Connection, kind: str, object_id: str) -> Json | None:
    """The object of this kind with this id, or None."""
    row = database.execute(FIND, (object_id, kind)).fetchone()
    return None if row is None else decode(row[0])


def find_any(database: sqlite3.Connection, object_id: str) -> Json | None:
    """The object of any kind with this id, or None."""
    row = database.execute(FIND_ANY, (object_id,)).fetchone()
    return None if row is None else decode(row[0])


def read_hidden(database: sqlite3.Connection, object_id: str) -> Json:
    """The hidden data of an object."""
    row = database.execute(FIND_HIDDEN, (object_id,)).fetchone()
    return {} if row is None or row[0] is None else decode(row[0])


def delete(database: sqlite3.Connection, object_id: str) -> bool:
    """Delete an object; return whether it existed."""
    return database.execute(DELETE, (object_id,)).rowcount > 0


def list_page(database: sqlite3.Connection, kind: str, page: Page) -> tuple[list[Json], bool]:
    """One page, newest first, and whether more objects follow in the direction of the cursor."""
    sql, values = build_query(database, kind, page)
    backwards = page.ending_before is not None
    rows = database.execute(sql + (OLDEST_FIRST if backwards else NEWEST_FIRST), (*values, page.limit + 1)).fetchall()
    found = [decode(row[0]) for row in rows[: page.limit]]
    return (found[::-1] if backwards else found), len(rows) > page.limit


def list_all(database: sqlite3.Connection, kind: str, **equal: str) -> list[Json]:
    """The objects of a kind whose columns equal the given values, oldest first."""
    sql = SELECT_BODY + "".join(COLUMNS[name] for name in equal) + OLDEST_FIRST
    return [decode(row[0]) for row in database.execute(sql, (kind, *equal.values(), -1))]


def list_about(database: sqlite3.Connection, object_id: str, *, kind: str) -> list[Json]:
    """The objects of a kind whose body names another object, oldest first. It reads all of them."""
    sql = SELECT_BODY + " AND instr(body, ?) > 0" + OLDEST_FIRST
    return [decode(row[0]) for row in database.execute(sql, (kind, f'"{object_id}"'.encode(), -1))]


def list_ids(database: sqlite3.Connection, kind: str) -> set[str]:
    """The ids of all objects of a kind."""
    return {row[0] for row in database.execute(IDS, (kind,))}


def build_query(database: sqlite3.Connection, kind: str, page: Page) -> tuple[str, list[object]]:
    """The statement and its values for the filters of a page."""
    sql = SELECT_BODY
    values: list[object] = [kind]
    for name, value in page.equal.items():
        sql += COLUMNS[name]
        values.append(value)
    for bound, time in page.created.items():
        sql += BOUNDS[bound]
        values.append(time)
    if page.topics:
        sql += f" AND topic IN ({', '.join('?' * len(page.topics))})"
        values.extend(page.topics)
    if page.topic_like is not None:
        sql += LIKE
        values.append(page.topic_like)
    if page.delivered is not None:
        sql += DELIVERED[page.delivered]
    for cursor, clause in ((page.starting_after, AFTER), (page.ending_before, BEFORE)):
        if cursor is not None:
            sql += clause
            values.extend(database.execute(POSITION, (cursor, kind)).fetchone() or (0, 0))
    return sql, values


def decode(body: bytes) -> Json:
    """Decode a stored object."""
    decoded: Json = orjson.loads(body)
    return decoded
