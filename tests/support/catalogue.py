"""Courses on sale by SQL, in numbers and with figures that no story would make, and what a list of them shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from tests.support.classroom import Classroom

from coursify.core.database import Connection
from coursify.modules.courses.services.index_courses import index_courses

INSERT = """
    WITH course AS (
        INSERT INTO courses (instructor_id, slug, title, subtitle, price_minor, currency, category, level, language,
            status, rating_sum, rating_count, enrollment_count, duration_seconds, published_at, created_at, updated_at)
        VALUES (%(instructor)s, %(slug)s, %(title)s, %(subtitle)s, %(price)s, %(currency)s, %(category)s, %(level)s,
            %(language)s, %(status)s, %(rating_sum)s, %(rating_count)s, %(enrollments)s, %(duration)s,
            '2026-01-01T00:00:00Z'::timestamptz + %(day)s * interval '1 day', now(), now())
        RETURNING id
    )
    INSERT INTO course_texts (course_id, description, search) SELECT id, %(description)s, '' FROM course
    RETURNING course_id
"""


async def put_on_sale(db: Connection, instructor: Any, *courses: dict[str, Any]) -> None:
    plain = {
        "title": "A course", "subtitle": None, "description": "", "price": 1000, "category": "music", "level": "all",
        "language": "en", "status": "published", "rating_sum": 0, "rating_count": 0, "enrollments": 0, "day": 0,
        "currency": "usd", "duration": 0,
    }  # fmt: skip
    rows = [plain | {"slug": f"course-{n}", "instructor": instructor} | given for n, given in enumerate(courses)]
    course_ids = []
    async with db.cursor() as cursor:
        await cursor.executemany(INSERT, rows, returning=True)
        while True:
            course_ids += [course_id for (course_id,) in await cursor.fetchall()]
            if not cursor.nextset():
                break
    await index_courses(db, course_ids)


async def slugs(classroom: Classroom, query: str) -> list[str]:
    answer = await classroom.get(f"/courses?{query}")
    assert answer.status_code == 200, answer.text
    return [course["slug"] for course in answer.json()["data"]]


async def by_cursor(classroom: Classroom, query: str, *, total: int = 5) -> AsyncIterator[str]:
    cursor = ""
    while True:
        answer = (await classroom.get(f"/courses?{query}{cursor}")).json()
        for course in answer["data"]:
            yield course["slug"]
        assert answer["meta"]["total"] == total
        if answer["meta"]["nextCursor"] is None:
            return
        cursor = f"&cursor={answer['meta']['nextCursor']}"
