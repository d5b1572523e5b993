"""Lists payments with their pages, newest first."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.pagination import TOTAL_CAP, Page, Window, cut
from coursify.modules.payments.models.payments import PaymentFilters, PaymentPage
from coursify.modules.payments.queries import payment_lists
from coursify.modules.payments.services.read_pages import read_pages


async def list_payments(
    db: Connection, filters: PaymentFilters, *, caller: Caller, window: Window, now: datetime, cap: int = TOTAL_CAP
) -> Page[PaymentPage]:
    """The total is counted up to one more than the cap."""
    rows = await payment_lists.list_payments(db, filters, before=window.after_id, **window.bound())
    if window.after is None and (rows or not window.offset) and len(rows) <= window.limit:
        # The last page: a rare status is looked for once, not twice.
        total = window.offset + len(rows)
    else:
        total = await payment_lists.count_payments(db, filters, cap=cap)
    page = cut(rows, window, total=total)
    return Page(await read_pages(db, page.items, caller=caller, now=now), page.total, page.next_key)
