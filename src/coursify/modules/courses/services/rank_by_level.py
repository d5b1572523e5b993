"""Ranks a search with many matches: the levels one after the other, each from its most popular course on."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Key, Window
from coursify.modules.courses.queries import search, search_levels
from coursify.modules.courses.queries.filtered import MAX_WALKED
from coursify.modules.courses.search.expectation import Expectation, courses_to_read
from coursify.modules.courses.search.question import LAST_OF_HEAD, LEVELS, Question

# With more courses, the first of the levels is likely to fill the page.
MOST_READ_AT_ONCE = 500


async def rank_by_level(
    db: Connection, *, question: Question, expected: Expectation, filters: dict[str, Any], window: Window
) -> tuple[list[UUID], list[int]]:
    """The ids of the page and the relevance of each. A page goes on in the level in which the last one ended."""
    best, after = _begin(window)
    wanted = window.bound()["offset"] + window.bound()["limit"]
    found: list[tuple[UUID, int]] = []
    if best <= LAST_OF_HEAD and expected.levels[LAST_OF_HEAD] <= MOST_READ_AT_ONCE:
        head = await search_levels.find_in_head(
            db,
            words=question.levels[LAST_OF_HEAD],
            levels=list(question.levels[: LAST_OF_HEAD + 1]),
            filters=filters,
            after=window.after,
            limit=wanted,
        )
        if head.is_whole:
            found = list(zip(head.ids, head.relevance, strict=True))
            best, after = LAST_OF_HEAD + 1, None
    for level in range(best, LEVELS):
        if len(found) >= wanted:
            break
        ids = await list_most_popular(
            db,
            words=question.only(level),
            inside=question.inside,
            level=level,
            expected=expected.in_level(level),
            total=expected.total,
            filters=filters,
            after=after,
            limit=wanted - len(found),
        )
        found += [(course_id, LEVELS - 1 - level) for course_id in ids]
        after = None
    page = found[window.offset :]
    return [course_id for course_id, _ in page], [relevance for _, relevance in page]


async def list_most_popular(
    db: Connection,
    *,
    words: str,
    inside: list[str],
    level: int,
    expected: float,
    total: int,
    filters: dict[str, Any],
    limit: int,
    after: Key | None = None,
) -> list[UUID]:
    """The most popular courses with the words, which need what the level needs of a course.

    Few courses are collected and sorted; many are read by popularity, first as many as should do. If few popular ones
    have the words, those that were collected must do.
    """
    walk = partial(
        search_levels.walk_level,
        db,
        words=words,
        inside=inside,
        level=level,
        filters=filters,
        after=after,
        limit=limit,
    )
    if expected > search.MAX_RANKED:
        walked = await walk(read=min(courses_to_read(expected, total=total, wanted=limit), MAX_WALKED))
        if walked.is_whole:
            return walked.ids
    few = await search_levels.find_in_level(db, words=words, filters=filters, after=after, limit=limit)
    if few.is_whole:
        return few.ids
    walked = await walk(read=MAX_WALKED)
    return walked.ids if walked.is_whole or len(walked.ids) >= len(few.ids) else few.ids


def _begin(window: Window) -> tuple[int, Key | None]:
    """The level in which the page begins, and after which course of it."""
    if window.after is None:
        return 0, None
    relevance, *after = window.after
    return LEVELS - 1 - int(relevance), tuple(after)
