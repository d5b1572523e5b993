"""The golden set of searches: a made school in many languages beside the sample school, queries, and wanted hits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from tests.support.catalogue import put_on_sale

from coursify.core.database import Connection, Database
from coursify.core.pagination import Window
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.refresh_words import refresh_words
from coursify.modules.courses.slugs import slugify
from coursify_sandbox.seed.sample_content import read_courses

FOLDER = Path(__file__).parents[1] / "golden"
BEST = 5
_COURSE = ("slug", "title", "subtitle", "instructor", "category", "description", "enrollments")


@dataclass(frozen=True)
class Answer:
    """What a query found first, and how good that is: 1 is the wanted hits in the wanted order."""

    query: str
    wanted: list[str]
    found: list[str]
    gain: float


def read_lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line]


async def make_golden_school(database: Database) -> None:
    made = [dict(zip(_COURSE, line, strict=True)) for line in read_lines("courses.tsv")]
    sample = [
        {
            "slug": slugify(one.title),
            "title": one.title,
            "subtitle": one.subtitle,
            "instructor": one.instructor,
            "category": one.category,
            "description": one.description,
            "enrollments": one.popularity * 10,
        }
        for one in read_courses()
        if one.status == "published"
    ]
    async with database.transaction() as (db, _now):
        for course in [*made, *sample]:
            instructor = await _instructor(db, str(course.pop("instructor")))
            await put_on_sale(db, instructor, course | {"enrollments": int(str(course["enrollments"]))})
    await refresh_words(database)


async def _instructor(db: Connection, name: str) -> object:
    cursor = await db.execute("SELECT id FROM users WHERE name = %s", [name])
    found = await cursor.fetchone()
    if found is None:
        cursor = await db.execute(
            "INSERT INTO users (email, email_canonical, name, role, sessions_valid_after, created_at, updated_at)"
            " SELECT address, address, %s, 'instructor', now(), now(), now()"
            " FROM (SELECT gen_random_uuid() || '@example.com' AS address) AS made RETURNING id",
            [name],
        )
        found = await cursor.fetchone()
    assert found is not None
    return found[0]


async def ask_golden_queries(database: Database) -> list[Answer]:
    answers = []
    for query, wanted in read_lines("queries.tsv"):
        async with database.read() as db:
            found = await browse_catalogue(db, text=query, filters={}, sort="relevance", window=Window(None, BEST, 0))
        slugs = [course.slug for course in found.page.items]
        answers.append(Answer(query, wanted.split(","), slugs, ndcg(wanted.split(","), slugs)))
    return answers


def ndcg(wanted: list[str], found: list[str]) -> float:
    """Normalized discounted cumulative gain of the first five: the first wanted hit has the highest gain."""
    gains = {slug: len(wanted) - place for place, slug in enumerate(wanted)}
    best = sum(gain / math.log2(place + 2) for place, gain in enumerate(sorted(gains.values(), reverse=True)[:BEST]))
    return sum(gains.get(slug, 0) / math.log2(place + 2) for place, slug in enumerate(found[:BEST])) / best
