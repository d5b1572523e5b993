"""A page of what an instructor sold, sale by sale."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.payments.models.sales import ListedSale
from coursify.modules.payments.queries import sales


async def list_sales(db: Connection, *, instructor_id: UUID, window: Window) -> Page[ListedSale]:
    """The newest orders first."""
    rows = await sales.list_sales(db, instructor_id, window=window)
    if not rows:
        return Page([], await sales.count_sales(db, instructor_id), None)
    return cut(rows, window, total=rows[0].total)
