"""Pages by number while they are shallow, by cursor at any depth; totals are counted up to a cap."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
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


class PageTooDeep(Invalid):
    code, message = "page_too_deep", "Pages end at row 10,000; go on with `cursor` from `meta.nextCursor`."
    remedy = "Use `cursor` with `meta.nextCursor` instead of `page`."


class CursorInvalid(Invalid):
    code, message = "cursor_invalid", "This cursor was not made by this list; start again without it."
    remedy = "Start again without `cursor`. A cursor fits one list with one order and one set of filters."


class PageQuery(Input):
    """`page` from 1 and `limit` 1..100, or a `cursor` from the answer before."""

    page: QueryWhole = Field(default=1, ge=1, le=2**31)
    limit: QueryWhole = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, min_length=1, max_length=512)

    @model_validator(mode="after")
    def _not_both(self) -> PageQuery:
        if self.cursor is not None and "page" in self.model_fields_set:
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
    next_key: tuple[str | int, ...] | None


class Cursors:
    """Writes and reads cursors; a tag keeps clients from making their own, `scope` from mixing lists."""

    def __init__(self, server_key: bytes) -> None:
        self._key = derive(server_key, "cursor")

    def write(self, scope: str, key: Sequence[str | int]) -> str:
        body = orjson.dumps(list(key))
        return base64.urlsafe_b64encode(self._tag(scope, body) + body).decode().rstrip("=")

    def read(self, scope: str, cursor: str) -> tuple[str | int, ...]:
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


def cut(rows: list[Item], limit: int, *, total: int, key: Callable[[Item], tuple[str | int, ...]]) -> Page[Item]:
    """The page out of `limit + 1` rows: one row more than asked means that there is a next page."""
    items = rows[:limit]
    return Page(items, total, key(items[-1]) if len(rows) > limit else None)


def id_key(row: HasId) -> tuple[str]:
    """The key of a list that runs by id."""
    return (str(row.id),)


def id_before(query: PageQuery, cursors: Cursors, scope: str) -> UUID | None:
    """The id at which the page before ended; None for a page by number. Raises CursorInvalid."""
    return UUID(str(cursors.read(scope, query.cursor)[0])) if query.cursor else None


def meta_of(page: Page[Item], query: PageQuery, cursors: Cursors, scope: str) -> Meta:
    """`meta` for a page, with the next one's cursor; a total above the cap says 10000 and that it is not exact."""
    total = min(page.total, TOTAL_CAP)
    return Meta(
        page=None if query.cursor else query.page,
        limit=query.limit,
        total=total,
        total_pages=-(-total // query.limit),
        total_is_exact=page.total <= TOTAL_CAP,
        next_cursor=cursors.write(scope, page.next_key) if page.next_key else None,
    )
