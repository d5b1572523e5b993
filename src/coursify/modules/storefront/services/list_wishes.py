"""A page of the courses on sale in one person's wish list, the one added last first."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.storefront.models import WishedCourse
from coursify.modules.storefront.queries import wishes


async def list_wishes(db: Connection, *, user_id: UUID, window: Window) -> Page[WishedCourse]:
    rows = await wishes.list_wished_courses(db, user_id=user_id, window=window)
    total = rows[0].total if rows else await wishes.count_wished_courses(db, user_id)
    return cut(rows, window, total=total, key=lambda row: (str(row.wish_id),))
