"""A page of notices for admins, newest first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.notices import queries
from coursify.modules.notices.models import Notice, NoticeStatus


async def list_notices(db: Connection, *, status: NoticeStatus | None, window: Window) -> Page[Notice]:
    rows = await queries.list_notices(db, status=status, window=window)
    return cut(rows, window, total=await queries.count_notices(db, status=status))
