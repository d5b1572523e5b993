"""One unit of work: all of it is kept, or nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end, roll back when an exception passes; the block never awaits, so none interleaves."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


@contextmanager
def savepoint(database: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that an exception undoes without ending the whole."""
    database.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK TO part")
        database.execute("RELEASE part")
        raise
    database.execute("RELEASE part")
