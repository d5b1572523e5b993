"""Pending webhook deliveries: one row per event and target until the target accepts it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

INSERT = "INSERT INTO deliveries (event, target, due) VALUES (?, ?, ?)"
TARGETS = "SELECT DISTINCT target FROM deliveries"
DUE = "SELECT id, event, target, attempts FROM deliveries WHERE target = ? AND due <= ? ORDER BY due, id LIMIT ?"
NEXT_DUE = "SELECT due FROM deliveries WHERE due > ? ORDER BY due LIMIT 1"
DELETE = "DELETE FROM deliveries WHERE id = ?"
DELETE_TARGET = "DELETE FROM deliveries WHERE target = ?"
RETRY = "UPDATE deliveries SET attempts = attempts + 1, due = ? WHERE id = ?"
ALL_NOW = "UPDATE deliveries SET due = 0"
ALL_NOW_SHUFFLED = "UPDATE deliveries SET due = -(abs(random()) % 1000000)"
COUNT = "SELECT count(*) FROM deliveries"
COUNT_OF_EVENT = "SELECT count(DISTINCT target) FROM deliveries WHERE event = ?"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The pending delivery of an event to a target."""

    id: int
    event: str
    target: str
    attempts: int


def enqueue(database: sqlite3.Connection, event: str, target: str, due: float) -> None:
    """Queue an event for a target; `due` is in seconds of real time."""
    database.execute(INSERT, (event, target, due))


def list_targets(database: sqlite3.Connection) -> list[str]:
    """The targets with pending deliveries."""
    return [row[0] for row in database.execute(TARGETS)]


def list_due(database: sqlite3.Connection, target: str, now: float, limit: int) -> list[Delivery]:
    """The due deliveries of a target, oldest first."""
    return [Delivery(*row) for row in database.execute(DUE, (target, now, limit))]


def find_next_due(database: sqlite3.Connection, now: float) -> float | None:
    """The time of the next delivery after `now`, or None."""
    row = database.execute(NEXT_DUE, (now,)).fetchone()
    return None if row is None else float(row[0])


def mark_delivered(database: sqlite3.Connection, delivery_id: int) -> None:
    """Delete an accepted delivery."""
    database.execute(DELETE, (delivery_id,))


def mark_failed(database: sqlite3.Connection, delivery_id: int, due: float) -> None:
    """Count a failed attempt and retry at `due`."""
    database.execute(RETRY, (due, delivery_id))


def delete_target(database: sqlite3.Connection, target: str) -> None:
    """Delete the deliveries of a target."""
    database.execute(DELETE_TARGET, (target,))


def make_all_due(database: sqlite3.Connection, *, shuffled: bool) -> None:
    """Make every delivery due now, in its order or in a random one."""
    database.execute(ALL_NOW_SHUFFLED if shuffled else ALL_NOW)


def count_pending(database: sqlite3.Connection) -> int:
    """The number of pending deliveries."""
    return int(database.execute(COUNT).fetchone()[0])


def count_pending_of_event(database: sqlite3.Connection, event: str) -> int:
    """The number of targets for which an event is pending."""
    return int(database.execute(COUNT_OF_EVENT, (event,)).fetchone()[0])
