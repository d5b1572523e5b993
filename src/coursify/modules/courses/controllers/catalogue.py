"""Suggestions for searches, and the categories. Courses themselves are operations of the storefront."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.answers import ANY
from coursify.core.http import Router, WithDatabase, reply
from coursify.core.http.conditional import cacheable
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.queries import categories
from coursify.modules.courses.schemas.catalogue import SuggestionOut
from coursify.modules.courses.schemas.catalogue_query import SuggestQuery
from coursify.modules.courses.schemas.outgoing import CategoryWithCount
from coursify.modules.courses.services.suggest import suggest

router = Router(tag="courses")

LIST_SECONDS = 15
CATEGORIES_SECONDS = 60


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
    is_cached=True,
)
async def list_categories(request: Request, database: WithDatabase) -> Response:
    """The categories, with the number of published courses in each."""
    async with database.read() as db:
        rows = await categories.list_categories_with_counts(db)
    answer = reply([CategoryWithCount.model_validate(category) for category in rows], "Categories.")
    return cacheable(request, answer, max_age=CATEGORIES_SECONDS, topics=[ANY])
