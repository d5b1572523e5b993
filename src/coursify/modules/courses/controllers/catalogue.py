"""The catalogue: what is on sale. A single course is an operation of enrollments: learners keep what goes off sale."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.http import PageCursors, Router, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.guards import DefaultCurrency
from coursify.modules.courses.queries import categories
from coursify.modules.courses.schemas.catalogue import CatalogueMeta, CataloguePage, SuggestionOut
from coursify.modules.courses.schemas.catalogue_query import CatalogueQuery, SuggestQuery
from coursify.modules.courses.schemas.outgoing import CategoryWithCount, CourseSummary
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.count_facets import count_facets
from coursify.modules.courses.services.suggest import suggest

router = Router(tag="courses")

LIST_SECONDS = 15
CATEGORIES_SECONDS = 60


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
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """The catalogue: published courses, filtered, searched, sorted, by page or by cursor."""
    order, filters = query.order(), query.filters(default_currency)
    pager = Pager(query, cursors, "courses", order, filters, query.text)
    async with database.read() as db:
        found = await browse_catalogue(db, text=query.text, filters=filters, sort=order, window=pager.window)
        by_facet = query.filters_by_facet(default_currency)
        facets = await count_facets(db, text=found.text, filters_by_facet=by_facet) if by_facet else None
    meta = CatalogueMeta.of(pager.meta(found.page), did_you_mean=found.did_you_mean, facets=facets)
    answer = reply([CourseSummary.of(course) for course in found.page.items], "Courses.", meta=meta)
    return cacheable(request, answer, max_age=LIST_SECONDS)


@router.get(
    "/search/suggest",
    operation_id="suggest_searches",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=Envelope[list[SuggestionOut]],
)
async def suggest_searches(
    request: Request, query: Annotated[SuggestQuery, Query()], database: WithDatabase
) -> Response:
    """Titles, instructors and categories with words that begin as typed, the most popular first."""
    async with database.read() as db:
        found = await suggest(db, text=query.q)
    answer = reply([SuggestionOut.model_validate(one) for one in found], "Suggestions.")
    return cacheable(request, answer, max_age=LIST_SECONDS)


@router.get(
    "/categories",
    operation_id="list_categories",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=Envelope[list[CategoryWithCount]],
)
async def list_categories(request: Request, database: WithDatabase) -> Response:
    """The categories, with the number of published courses in each."""
    async with database.read() as db:
        rows = await categories.list_categories_with_counts(db)
    answer = reply([CategoryWithCount.model_validate(category) for category in rows], "Categories.")
    return cacheable(request, answer, max_age=CATEGORIES_SECONDS)
