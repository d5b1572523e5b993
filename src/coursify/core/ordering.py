"""The orders of a list. Each name selects one ORDER BY and one cursor key, so that no SQL comes from a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coursify.core.pagination import Key, Window


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted, which rows come after a key, and which values of a row make that key.

    The last column is unique. An order by text has the id alone as its key and looks the text up, because a title is
    longer than a cursor may be.
    """

    columns: str
    after: str
    key: tuple[str, ...]

    def key_of(self, row: Any) -> Key:
        return tuple(_plain(getattr(row, name)) for name in self.key)


def bind_key(window: Window) -> dict[str, Any]:
    """The parameters of `after`, LIMIT and OFFSET."""
    return {**window.bound(), **{f"after_{index}": value for index, value in enumerate(window.after or ())}}


def _plain(value: Any) -> str | int:
    if isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
