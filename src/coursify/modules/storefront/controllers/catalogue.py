"""The catalogue: what is on sale, and what it is to the caller."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.answers import ANY
from coursify.core.http import MaybeSignedIn, PageCursors, Router, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.modules.courses.guards import DefaultCurrency
from coursify.modules.courses.schemas.catalogue import CatalogueMeta, CataloguePage
from coursify.modules.courses.schemas.catalogue_query import CatalogueQuery
from coursify.modules.courses.schemas.outgoing import CourseSummary
from coursify.modules.storefront.schemas import summaries
from coursify.modules.storefront.services.browse_shop import Question, browse_shop

router = Router(tag="courses")

LIST_SECONDS = 15


@router.get(
    "/courses",
    operation_id="list_courses",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=CataloguePage[list[CourseSummary]],
    responses=failures(PageTooDeep, CursorInvalid),
    is_cached=True,
)
async def list_courses(
    request: Request,
    query: Annotated[CatalogueQuery, Query()],
    default_currency: DefaultCurrency,
    caller: MaybeSignedIn,
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """The catalogue: published courses, filtered, searched, sorted, by page or by cursor.

    With a credential, `me` says what each course is to the caller.
    """
    filters, by_facet = query.filters(default_currency), query.filters_by_facet(default_currency)
    question = Question(query.text, filters, query.order(), by_facet, query.expand)
    pager = Pager(query, cursors, "courses", question.sort, filters, query.text)
    now = await database.now() if caller else None
    async with database.read() as db:
        shop = await browse_shop(db, question, caller=caller, window=pager.window, now=now)
    found = shop.found
    meta = CatalogueMeta.of(pager.meta(found.page), did_you_mean=found.did_you_mean, facets=shop.facets)
    answer = reply(summaries(found.page.items, shop.around), "Courses.", meta=meta)
    return cacheable(request, answer, max_age=LIST_SECONDS, topics=[ANY])
