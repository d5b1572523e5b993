"""Webhooks still owed: one row per event and target until the target says yes."""

import sqlite3
from dataclasses import dataclass

OWE = "INSERT INTO deliveries (event, target, due) VALUES (?, ?, ?)"
TARGETS = "SELECT DISTINCT target FROM deliveries"
DUE = "SELECT id, event, target, attempts FROM deliveries WHERE target = ? AND due <= ? ORDER BY due, id LIMIT ?"
NEXT_DUE = "SELECT due FROM deliveries WHERE due > ? ORDER BY due LIMIT 1"
DONE = "DELETE FROM deliveries WHERE id = ?"
FORGET_TARGET = "DELETE FROM deliveries WHERE target = ?"
AGAIN = "UPDATE deliveries SET attempts = attempts + 1, due = ? WHERE id = ?"
ALL_NOW = "UPDATE deliveries SET due = 0"
ALL_NOW_SHUFFLED = "UPDATE deliveries SET due = -(abs(random()) % 1000000)"
COUNT = "SELECT count(*) FROM deliveries"
COUNT_OF_EVENT = "SELECT count(DISTINCT target) FROM deliveries WHERE event = ?"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event owed to one target."""

    id: int
    event: str
    target: str
    attempts: int


def owe(database: sqlite3.Connection, event: str, target: str, due: float) -> None:
    """An event will be told to a target at `due`, in seconds of real time."""
    database.execute(OWE, (event, target, due))


def list_targets(database: sqlite3.Connection) -> list[str]:
    """Everyone who is owed something."""
    return [row[0] for row in database.execute(TARGETS)]


def list_due(database: sqlite3.Connection, target: str, now: float, limit: int) -> list[Delivery]:
    """What a target should have been told by now, the longest overdue first."""
    return [Delivery(*row) for row in database.execute(DUE, (target, now, limit))]


def next_due(database: sqlite3.Connection, now: float) -> float | None:
    """When the next delivery after `now` is due, or None."""
    row = database.execute(NEXT_DUE, (now,)).fetchone()
    return None if row is None else float(row[0])


def mark_delivered(database: sqlite3.Connection, delivery_id: int) -> None:
    """The target said yes: nothing is owed any more."""
    database.execute(DONE, (delivery_id,))


def mark_failed(database: sqlite3.Connection, delivery_id: int, due: float) -> None:
    """The target did not say yes: try again at `due`."""
    database.execute(AGAIN, (due, delivery_id))


def forget_target(database: sqlite3.Connection, target: str) -> None:
    """A target that is gone is owed nothing."""
    database.execute(FORGET_TARGET, (target,))


def make_all_due(database: sqlite3.Connection, *, shuffled: bool) -> None:
    """Everything owed is due now, in its own order or in any other."""
    database.execute(ALL_NOW_SHUFFLED if shuffled else ALL_NOW)


def count_owed(database: sqlite3.Connection) -> int:
    """How many deliveries are still owed."""
    return int(database.execute(COUNT).fetchone()[0])


def count_owed_of_event(database: sqlite3.Connection, event: str) -> int:
    """How many targets one event is still owed to."""
    return int(database.execute(COUNT_OF_EVENT, (event,)).fetchone()[0])
