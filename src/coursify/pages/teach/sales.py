"""What one's courses sold: the totals in each currency, and every sale."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from coursify.core.http import PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import PageQuery, Pager
from coursify.modules.analytics.periods import ALL_TIME
from coursify.modules.analytics.queries.progress import find_refreshed_until
from coursify.modules.analytics.services.summarize_scopes import summarize_scopes
from coursify.modules.payments.services.list_sales import list_sales
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.policies import OWN

pages = Pages()


@pages.get("/teach/sales", page_id="page_teach_sales", policy=OWN)
async def show_sales(
    page: WithPage,
    caller: SignedIn,
    query: Annotated[PageQuery, Query()],
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """The newest first, each as the ledger has it."""
    pager, me = Pager(query, cursors, "teach.sales", caller.user_id), caller.user_id
    async with database.read() as db:
        found = await list_sales(db, instructor_id=me, window=pager.window)
        totals = await summarize_scopes(db, [me], days=ALL_TIME)
        until = await find_refreshed_until(db)
    meta = pager.meta(found)
    values: dict[str, Any] = {"sales": found.items, "meta": meta, "next_page": page.next_page(meta)}
    return page.render("teach/sales.html", revenue=totals[me].revenue, until=until, **values)
