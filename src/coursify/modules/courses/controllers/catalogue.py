"""The catalogue: what is on sale. A single course is an operation of enrollments: learners keep what goes off sale."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.http import PageCursors, Router, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.courses.queries import categories
from coursify.modules.courses.schemas.incoming import CatalogueQuery
from coursify.modules.courses.schemas.outgoing import CategoryWithCount, CourseSummary
from coursify.modules.courses.services.browse_catalogue import browse_catalogue

router = Router(tag="courses")

LIST_SECONDS = 15
CATEGORIES_SECONDS = 60


@router.get(
    "/courses",
    operation_id="list_courses",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=PageEnvelope[list[CourseSummary]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_courses(
    request: Request, query: Annotated[CatalogueQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """The catalogue: published courses, filtered, searched, sorted, by page or by cursor."""
    order, filters = query.order(), query.filters()
    pager = Pager(query, cursors, "courses", order, filters)
    async with database.read() as db:
        page = await browse_catalogue(db, filters=filters, sort=order, window=pager.window)
    answer = reply([CourseSummary.of(course) for course in page.items], "Courses.", meta=pager.meta(page))
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
