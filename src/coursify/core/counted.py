"""What is counted while a request runs: its statements, and the connections that it holds."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Statements:
    """How many statements one request ran, and how long they took together (seconds)."""

    count: int = 0
    seconds: float = 0.0
    texts: list[str] | None = field(default=None)


STATEMENTS: ContextVar[Statements | None] = ContextVar("statements", default=None)


@dataclass
class Borrowed:
    """How many pooled connections one request holds now, and held at most at one moment: more than one can deadlock."""

    now: int = 0
    most: int = 0


BORROWED: ContextVar[Borrowed | None] = ContextVar("borrowed", default=None)
