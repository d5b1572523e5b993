"""Pages by number while they are shallow, by cursor at any depth; totals are counted up to a cap."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypedDict, TypeVar
from uuid import UUID

import orjson
from pydantic import Field, model_validator

from coursify.core.crypto import derive
from coursify.core.errors import Invalid
from coursify.core.schema import Input, Meta, QueryWhole

TOTAL_CAP = 10_000
DEEPEST_ROW = 10_000
_TAG_BYTES = 16

Item = TypeVar("Item")
# What the last row of a page has in the columns that the list is sorted by.
Key = tuple[str | int, ...]


class PageTooDeep(Invalid):
    code, message = "page_too_deep", "Pages end at row 10,000; go on with `cursor` from `meta.nextCursor`."
    remedy = "Use `cursor` with `meta.nextCursor` instead of `page`."


class CursorInvalid(Invalid):
    code, message = "cursor_invalid", "This cursor was not made by this list; start again without it."
    remedy = "Start again without `cursor`. A cursor fits one list with one order and one set of filters."


class PageQuery(Input):
    """`page` from 1 and `limit` 1..100, or a `cursor` from the answer before.

    `page=1` beside a cursor means nothing: generated clients send the default.
    """

    page: QueryWhole = Field(default=1, ge=1, le=2**31)
    limit: QueryWhole = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, min_length=1, max_length=512)

    @model_validator(mode="after")
    def _not_both(self) -> PageQuery:
        if self.cursor is not None and self.page != 1:
            raise ValueError("give either page or cursor")
        return self

    def offset(self) -> int:
        """Rows to skip; raises PageTooDeep beyond row 10,000."""
        if self.page * self.limit > DEEPEST_ROW:
            raise PageTooDeep(details=[{"field": "page", "message": "use cursor for what lies deeper"}])
        return 0 if self.cursor else (self.page - 1) * self.limit


class HasId(Protocol):
    @property
    def id(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page: its items, the capped total, and the key after which the next one begins (None at the end)."""

    items: list[Item]
    total: int
    next_key: Key | None


class Bounds(TypedDict):
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that a request asks for: `limit` rows after a key, or after `offset` rows."""

    after: Key | None
    limit: int
    offset: int

    @property
    def after_id(self) -> UUID | None:
        """The key of a list that is sorted by id."""
        return UUID(str(self.after[0])) if self.after else None

    @property
    def is_first(self) -> bool:
        """Whether the part is the beginning of the list."""
        return self.after is None and not self.offset

    def bound(self) -> Bounds:
        """The parameters of LIMIT and OFFSET: one row more than asked tells that there is a next page."""
        return {"limit": self.limit + 1, "offset": self.offset}


def id_key(row: HasId) -> tuple[str]:
    """The key of a row in a list that is sorted by id."""
    return (str(row.id),)


def cut(rows: list[Item], window: Window, *, total: int, key: Callable[[Any], Key] = id_key) -> Page[Item]:
    """The page out of the rows that `window.bound()` brought."""
    items = rows[: window.limit]
    return Page(items, total, key(items[-1]) if len(rows) > window.limit else None)


class Cursors:
    """Writes and reads cursors; a tag keeps clients from making their own, `scope` from mixing lists."""

    def __init__(self, server_key: bytes) -> None:
        self._key = derive(server_key, "cursor")

    def write(self, scope: str, key: Sequence[str | int]) -> str:
        body = orjson.dumps(list(key))
        return base64.urlsafe_b64encode(self._tag(scope, body) + body).decode().rstrip("=")

    def read(self, scope: str, cursor: str) -> Key:
        """The key that was written; raises CursorInvalid for anything else."""
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError) as error:
            raise CursorInvalid from error
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(scope, body)):
            raise CursorInvalid
        return tuple(orjson.loads(body))

    def _tag(self, scope: str, body: bytes) -> bytes:
        return hmac.digest(self._key, scope.encode() + b"\x00" + body, "sha256")[:_TAG_BYTES]


class Pager:
    """Reads which page of a list is wanted, and says in `meta` which one it was.

    A cursor is valid for one list: its name, and everything that decides which rows it has and in which order.
    """

    def __init__(self, query: PageQuery, cursors: Cursors, name: str, *parts: Any) -> None:
        """Raises CursorInvalid for a cursor of another list, PageTooDeep for a page beyond row 10,000."""
        self._query = query
        self._cursors = cursors
        self._scope = orjson.dumps([name, *parts], default=str, option=orjson.OPT_SORT_KEYS).decode()
        after = cursors.read(self._scope, query.cursor) if query.cursor else None
        self.window = Window(after, query.limit, query.offset())

    def meta(self, page: Page[Any]) -> Meta:
        """With the next page's cursor; a total above the cap is 10000 and not exact."""
        total = min(page.total, TOTAL_CAP)
        return Meta(
            page=None if self._query.cursor else self._query.page,
            limit=self._query.limit,
            total=total,
            total_pages=-(-total // self._query.limit),
            total_is_exact=page.total <= TOTAL_CAP,
            next_cursor=self._cursors.write(self._scope, page.next_key) if page.next_key else None,
        )
