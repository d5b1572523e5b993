"""Counters of one request: its statements and its connections."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Statements:
    """The number of statements of a request and the seconds they took; `texts` collects them in tests."""

    count: int = 0
    seconds: float = 0.0
    texts: list[str] | None = field(default=None)


STATEMENTS: ContextVar[Statements | None] = ContextVar("statements", default=None)


def count_statement(sql: str, seconds: float) -> None:
    """Count it for the request that runs it."""
    if statements := STATEMENTS.get():
        statements.count += 1
        statements.seconds += seconds
        if statements.texts is not None:
            statements.texts.append(sql)


@dataclass
class Borrowed:
    """The pooled connections of a request, now and at most at one time: more than one can deadlock."""

    now: int = 0
    most: int = 0


BORROWED: ContextVar[Borrowed | None] = ContextVar("borrowed", default=None)
