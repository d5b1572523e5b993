"""Writes the words by which courses are found, as their texts are now."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.queries import common_words, search_index
from coursify.modules.courses.queries.search_index import IndexSource
from coursify.modules.courses.rich_text import plain_text
from coursify.modules.courses.search.fold import VERSION
from coursify.modules.courses.search.vectors import SearchedTexts, vectors_of


async def index_courses(db: Connection, course_ids: list[UUID]) -> None:
    """The caller has written or locked the courses: nobody changes their texts until this transaction ends."""
    for source in await search_index.list_index_sources(db, course_ids):
        unmarked = vectors_of(_texts_of(source), plain_text(source.description))
        common = await common_words.list_common(db, unmarked.possibly_common())
        vectors = unmarked.mark_common(frozenset(common))
        await search_index.put_vectors(
            db,
            source.course_id,
            head=vectors.head,
            words=vectors.words,
            rest=vectors.rest,
            course_version=source.version,
            index_version=VERSION,
        )


def _texts_of(source: IndexSource) -> SearchedTexts:
    return SearchedTexts(
        title=source.title,
        subtitle=source.subtitle,
        instructor_name=source.instructor_name,
        category_name=source.category_name,
        category=source.category,
        level=source.level,
        language=source.language,
        instructor_id=source.instructor_id,
    )
