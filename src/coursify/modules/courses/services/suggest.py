"""What somebody may be about to type: titles, instructors and categories."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.queries.plans import custom_plans
from coursify.modules.courses.models import Category, Suggestion
from coursify.modules.courses.queries import categories, search
from coursify.modules.courses.search.question import ask, ask_field
from coursify.modules.courses.search.words import index_words, query_terms
from coursify.modules.courses.services.expect_matches import expect_matches
from coursify.modules.courses.services.rank_by_level import list_most_popular

TITLES, INSTRUCTORS, CATEGORIES = 5, 3, 2
# An instructor has several courses: so many are looked at to find a few names.
COURSES_FOR_NAMES = 30
IN_TITLE = 2


async def suggest(db: Connection, *, text: str) -> list[Suggestion]:
    """Every word that was typed begins a word of the suggestion. Only what is on sale is suggested."""
    question, named = ask(text), ask_field(text, "i")
    if not question.has_words:
        return []
    async with custom_plans(db):
        expected, expected_names = await expect_matches(db, question), await expect_matches(db, named)
        by_title = await list_most_popular(
            db,
            words=question.levels[IN_TITLE],
            inside=[],
            level=IN_TITLE,
            expected=expected.levels[IN_TITLE],
            total=expected.total,
            filters={},
            limit=TITLES,
        )
        by_name = await list_most_popular(
            db,
            words=named.anywhere,
            inside=[],
            level=IN_TITLE,
            expected=expected_names.anywhere,
            total=expected_names.total,
            filters={},
            limit=COURSES_FOR_NAMES,
        )
        titles = await search.list_title_suggestions(db, by_title)
        names = await search.list_instructor_suggestions(db, by_name, limit=INSTRUCTORS)
    found = [one for one in await categories.list_categories(db) if _begins(one, text)]
    return [
        *titles,
        *names,
        *(Suggestion("category", category.name, category.slug) for category in found[:CATEGORIES]),
    ]


def _begins(category: Category, text: str) -> bool:
    words = index_words(category.name)
    return all(
        any(all(any(word.startswith(typed) for word in words) for typed in way) for way in term)
        for term in query_terms(text)
    )
