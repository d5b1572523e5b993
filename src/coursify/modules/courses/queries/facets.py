"""SQL of facets: counted among the courses that match, or read from the counts that a job keeps of large catalogues."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from coursify.core.database import Connection, execute, fetch_all, fetch_value
from coursify.modules.courses.models.facets import FacetRow
from coursify.modules.courses.queries.catalogue import FILTERS as CATALOGUE_FILTERS
from coursify.modules.courses.queries.catalogue import LEXEMES, ON_SALE, where
from coursify.modules.courses.search.question import MAX_CANDIDATES

FILTERS: Final = {name: sql for name, sql in CATALOGUE_FILTERS.items() if name not in {"inside", "words"}}
# Kept counts have these columns; `price_minor` is 0 or 1, `average_rating` is rounded down to a half.
KEPT: Final = frozenset(
    {
        *("category", "any_category", "level", "any_level", "language", "any_language"),
        *("currency", "min_price", "max_price", "min_rating"),
    }
)
_GROUPED: Final = """
    SELECT CASE WHEN grouping(category) = 0 THEN 'category' WHEN grouping(level) = 0 THEN 'level'
                WHEN grouping(language) = 0 THEN 'language' WHEN grouping(is_free) = 0 THEN 'price'
                WHEN grouping(stars) = 0 THEN 'rating' ELSE 'total' END AS facet,
           CASE WHEN grouping(category) = 0 THEN category WHEN grouping(level) = 0 THEN level
                WHEN grouping(language) = 0 THEN language WHEN grouping(stars) = 0 THEN stars::text
                WHEN is_free THEN 'free' WHEN grouping(is_free) = 0 THEN 'paid' END AS value,
           coalesce(sum(courses), 0)::bigint AS courses
    FROM counted GROUP BY GROUPING SETS ((category), (level), (language), (is_free), (stars), ())
"""


async def count_facets(
    db: Connection, *, words: str | None, others: str | None, filters: dict[str, Any]
) -> list[FacetRow]:
    """Among the courses that match, up to one more than MAX_CANDIDATES. `others` must match besides words."""
    given = {name: value for name, value in {"words": words, "others": others}.items() if value is not None}
    sql = compose_facets(filters.keys(), has_words=words is not None, has_others=others is not None)
    return await fetch_all(db, FacetRow, sql, **given, **filters)


async def list_kept_facets(db: Connection, *, filters: dict[str, Any]) -> list[FacetRow]:
    """As the last count of the whole catalogue found them; no filters but those of KEPT."""
    sql = f"""
        WITH counted AS (
            SELECT category, level, language, price_minor = 0 AS is_free, average_rating AS stars, courses
            FROM catalogue_counts AS course WHERE {_kept_conditions(filters)}
        ) {_GROUPED}
    """
    return await fetch_all(db, FacetRow, sql, **filters)


async def count_kept(db: Connection, *, filters: dict[str, Any]) -> int:
    """How many courses the last count found; no filters but those of KEPT."""
    sql = f"SELECT coalesce(sum(courses), 0)::bigint FROM catalogue_counts AS course WHERE {_kept_conditions(filters)}"
    return await fetch_value(db, int, sql, **filters)


async def delete_catalogue_counts(db: Connection) -> int:
    return await execute(db, "DELETE FROM catalogue_counts")


async def insert_catalogue_counts(db: Connection) -> int:
    """Count the whole catalogue."""
    return await execute(
        db,
        f"""
        INSERT INTO catalogue_counts (category, level, language, currency, price_minor, average_rating, courses)
        SELECT course.category, course.level, course.language, course.currency,
               least(course.price_minor, 1), floor(course.average_rating * 2) / 2, count(*)
        FROM courses AS course WHERE {ON_SALE} GROUP BY 1, 2, 3, 4, 5, 6
        """,
    )


def _kept_conditions(filters: Collection[str]) -> str:
    return " AND ".join(["true", *(FILTERS[name] for name in sorted(KEPT.intersection(filters)))])


def compose_facets(filters: Collection[str], *, has_words: bool, has_others: bool) -> str:
    matching = "FROM courses AS course"
    conditions = [*(["words"] if has_words else []), *(["others"] if has_others else [])]
    if conditions:
        matching = "FROM matching JOIN courses AS course ON course.id = matching.course_id"
    return f"""
        WITH {_matching(conditions) if conditions else ""} counted AS MATERIALIZED (
            SELECT course.category, course.level, course.language, course.price_minor = 0 AS is_free,
                   floor(course.average_rating * 2) / 2 AS stars, 1 AS courses
            {matching} WHERE {where(filters)} LIMIT {MAX_CANDIDATES + 1}
        ) {_GROUPED}
    """


def _matching(conditions: list[str]) -> str:
    return f"""
        matching AS MATERIALIZED (
            SELECT search.course_id FROM course_search AS search
            WHERE {" AND ".join(f"{LEXEMES} @@ %({name})s::text::tsquery" for name in conditions)}
        ),
    """
