"""Stripe's objects as rows: the body as it is answered, beside it what is only ours to know."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from stripe_standin.vocabulary import Json

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
    """Which rows of a list are wanted: equal columns, bounds of `created`, topics, and a place to go on from.

    `topic_like` is a topic in which `*` stands for anything; `delivered` is about the webhooks of events.
    """

    limit: int = 10
    equal: Json = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    topic_like: str | None = None
    delivered: bool | None = None
    starting_after: str | None = None
    ending_before: str | None = None


def put(database: sqlite3.Connection, body: Json, *, hidden: Json | None = None, kind: str | None = None) -> None:
    """Store an object as it now is; what is hidden stays as it was unless given."""
    database.execute(UPSERT, row_of(body, hidden, kind or body["object"]))


def put_many(database: sqlite3.Connection, rows: Iterable[tuple[Json, Json | None]]) -> None:
    """Store many objects at once."""
    database.executemany(UPSERT, (row_of(body, hidden, body["object"]) for body, hidden in rows))


def row_of(body: Json, hidden: Json | None, kind: str) -> tuple[object, ...]:
    """The columns by which an object can be found."""
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
    """The object of that kind and id, or None."""
    row = database.execute(FIND, (object_id, kind)).fetchone()
    return None if row is None else load(row[0])


def find_any(database: sqlite3.Connection, object_id: str) -> Json | None:
    """The object of that id, whatever it is, or None."""
    row = database.execute(FIND_ANY, (object_id,)).fetchone()
    return None if row is None else load(row[0])


def hidden(database: sqlite3.Connection, object_id: str) -> Json:
    """What the stand-in knows of an object and never tells."""
    row = database.execute(FIND_HIDDEN, (object_id,)).fetchone()
    return {} if row is None or row[0] is None else load(row[0])


def delete(database: sqlite3.Connection, object_id: str) -> bool:
    """Remove an object as if it had never been; whether there was one."""
    return database.execute(DELETE, (object_id,)).rowcount > 0


def list_page(database: sqlite3.Connection, kind: str, page: Page) -> tuple[list[Json], bool]:
    """One page, newest first, and whether more follow in the direction that was asked for."""
    sql, values = conditions(database, kind, page)
    backwards = page.ending_before is not None
    rows = database.execute(sql + (OLDEST_FIRST if backwards else NEWEST_FIRST), (*values, page.limit + 1)).fetchall()
    found = [load(row[0]) for row in rows[: page.limit]]
    return (found[::-1] if backwards else found), len(rows) > page.limit


def list_all(database: sqlite3.Connection, kind: str, **equal: str) -> list[Json]:
    """Every object of a kind whose columns equal the given values, oldest first."""
    sql = SELECT_BODY + "".join(COLUMNS[name] for name in equal) + OLDEST_FIRST
    return [load(row[0]) for row in database.execute(sql, (kind, *equal.values(), -1))]


def list_ids(database: sqlite3.Connection, kind: str) -> set[str]:
    """The ids of every object of a kind."""
    return {row[0] for row in database.execute(IDS, (kind,))}


def conditions(database: sqlite3.Connection, kind: str, page: Page) -> tuple[str, list[object]]:
    """The statement for the filters that are present."""
    sql, values = SELECT_BODY, [kind]
    parts: list[object] = list(values)
    for name, value in page.equal.items():
        sql += COLUMNS[name]
        parts.append(value)
    for bound, moment in page.created.items():
        sql += BOUNDS[bound]
        parts.append(moment)
    if page.topics:
        sql += f" AND topic IN ({', '.join('?' * len(page.topics))})"
        parts.extend(page.topics)
    if page.topic_like is not None:
        sql += LIKE
        parts.append(page.topic_like)
    if page.delivered is not None:
        sql += DELIVERED[page.delivered]
    for cursor, clause in ((page.starting_after, AFTER), (page.ending_before, BEFORE)):
        if cursor is not None:
            sql += clause
            parts.extend(database.execute(POSITION, (cursor, kind)).fetchone() or (0, 0))
    return sql, parts


def load(body: bytes) -> Json:
    """An object as it was stored."""
    loaded: Json = orjson.loads(body)
    return loaded
