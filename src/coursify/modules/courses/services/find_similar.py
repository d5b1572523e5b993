"""Courses with the words of another course's title, or of its category."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.queries.plans import custom_plans
from coursify.modules.courses.models import Course
from coursify.modules.courses.queries import search_levels
from coursify.modules.courses.search.vectors import filter_lexeme
from coursify.modules.courses.search.words import index_words, is_short

MAX_WORDS = 24
# Of so many courses the most popular ones are listed.
MAX_READ = 1_500


async def find_similar(db: Connection, course: Course, *, besides: list[UUID], limit: int) -> list[UUID]:
    """The most popular ones on sale: first with a word of the title in the same category, then either of the two."""
    found: list[UUID] = []
    left_out = {course.id, *besides}
    async with custom_plans(db):
        for words in _questions(course):
            if len(found) < limit:
                wanted = limit + len(left_out)
                level = await search_levels.find_in_level(
                    db, words=words, filters={}, after=None, limit=wanted, read=MAX_READ
                )
                found += [one for one in level.ids if one not in left_out and one not in found]
    return found[:limit]


def _questions(course: Course) -> list[str]:
    title = sorted(word for word in index_words(course.title) if not is_short(word))[:MAX_WORDS]
    words = " | ".join(f"'t{word}'" for word in title)
    category = f"'{filter_lexeme('category', course.category)}'" if course.category else ""
    both = [f"({words}) & {category}"] if words and category else []
    return [*both, *([words] if words else []), *([category] if category else [])]
