"""The catalogue: what is on sale, and what it is to the caller."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.http import MaybeSignedIn, PageCursors, Router, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.modules.courses.guards import DefaultCurrency
from coursify.modules.courses.schemas.catalogue import CatalogueMeta, CataloguePage
from coursify.modules.courses.schemas.catalogue_query import CatalogueQuery
from coursify.modules.courses.schemas.outgoing import CourseSummary
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.count_facets import count_facets
from coursify.modules.storefront.schemas import summaries
from coursify.modules.storefront.services.find_surroundings import find_surroundings

router = Router(tag="courses")

LIST_SECONDS = 15


@router.get(
    "/courses",
    operation_id="list_courses",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=CataloguePage[list[CourseSummary]],
    responses=failures(PageTooDeep, CursorInvalid),
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
    order, filters = query.order(), query.filters(default_currency)
    pager = Pager(query, cursors, "courses", order, filters, query.text)
    now = await database.now() if caller else None
    async with database.read() as db:
        found = await browse_catalogue(db, text=query.text, filters=filters, sort=order, window=pager.window)
        by_facet = query.filters_by_facet(default_currency)
        facets = await count_facets(db, text=found.text, filters_by_facet=by_facet) if by_facet else None
        courses = found.page.items
        around = await find_surroundings(db, caller=caller, courses=courses, expand=query.expand, now=now)
    meta = CatalogueMeta.of(pager.meta(found.page), did_you_mean=found.did_you_mean, facets=facets)
    return cacheable(request, reply(summaries(courses, around), "Courses.", meta=meta), max_age=LIST_SECONDS)
