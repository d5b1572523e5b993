"""The courses of a page of a list, of which the ids are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut
from coursify.modules.courses.models import CatalogueCourse, OrderName
from coursify.modules.courses.queries import search
from coursify.modules.courses.queries.catalogue import ORDERS


async def list_page(
    db: Connection,
    ids: list[UUID],
    window: Window,
    order: OrderName,
    *,
    total: int,
    relevance: Sequence[int] = (),
) -> Page[CatalogueCourse]:
    """`ids` has one more than the page where there is a next one."""
    given = list(relevance) or [0] * len(ids)
    rows = await search.list_courses_by_ids(db, ids, total=total, relevance=given) if ids else []
    return cut(rows, window, total=total, key=lambda course: key_of(course, order))


def key_of(course: CatalogueCourse, order: OrderName) -> Key:
    """What the next page comes after."""
    return tuple(_plain(getattr(course, name)) for name in ORDERS[order].key)


def _plain(value: object) -> str | int:
    if isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
