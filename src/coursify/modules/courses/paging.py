"""Cursors of lists: one made by a list under its sort and filters is read by that list under the same alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypedDict

import orjson

from coursify.core.pagination import Cursors, PageQuery


def scope_of(name: str, order: str, filters: Mapping[str, Any]) -> str:
    """A list's name for its cursors: which list, which order, which filters."""
    packed = orjson.dumps({key: str(value) for key, value in filters.items()}, option=orjson.OPT_SORT_KEYS)
    return f"{name}:{order}:{hashlib.sha256(packed).hexdigest()}"


class Window(TypedDict):
    """Which part of a list is wanted: `limit` rows after a key, or after `offset` rows."""

    after: tuple[str | int, ...] | None
    limit: int
    offset: int


def window_of(query: PageQuery, cursors: Cursors, scope: str) -> Window:
    """Raises CursorInvalid for a cursor of another list, PageTooDeep for a page beyond row 10,000."""
    after = cursors.read(scope, query.cursor) if query.cursor else None
    return {"after": after, "limit": query.limit, "offset": query.offset()}
