"""Related courses: of the same learners, then of the same words; on sale, and nobody's choice is shown alone."""

from __future__ import annotations

import pytest
from tests.support.catalogue import put_on_sale
from tests.support.classroom import Classroom

from coursify.core.database import Connection

pytestmark = pytest.mark.anyio


async def test_related_courses_have_the_same_learners_or_words(classroom: Classroom, db: Connection) -> None:
    owner = await classroom.person("instructor")
    await put_on_sale(
        db,
        owner.id,
        {"slug": "rust", "title": "Rust in depth", "category": "development"},
        {"slug": "knots", "title": "Knots", "category": "music"},
        {"slug": "rare", "title": "Sails", "category": "music"},
        {"slug": "macros", "title": "Macros in Rust", "category": "development", "enrollments": 1},
        {"slug": "metal", "title": "Rust on metal", "category": "design", "enrollments": 90},
        {"slug": "go", "title": "Go", "category": "development", "enrollments": 50},
        {"slug": "x1", "title": "Rust draft", "status": "draft", "category": "development"},
        {"slug": "x2", "title": "Rust deleted", "category": "development"},
        {"slug": "x3", "title": "Rust suspended", "category": "development"},
    )
    await db.execute("UPDATE courses SET deleted_at = now() WHERE slug = 'x2'")
    await db.execute("UPDATE courses SET sale_suspended_at = now() WHERE slug = 'x3'")
    ids = dict(await classroom.rows("SELECT slug, id FROM courses"))
    for number in range(3):
        learner = await classroom.person("student")
        for slug in ("rust", "knots", "x3", *(["rare"] if number == 0 else [])):
            await classroom.enroll(learner, {"id": str(ids[slug])})

    async def related(slug: str) -> list[str]:
        answer = await classroom.get(f"/courses/{slug}/related")
        assert answer.status_code == 200, answer.text
        return [course["slug"] for course in answer.json()["data"]]

    assert await related("rust") == ["knots", "macros", "metal", "go"]
    assert await related(str(ids["knots"])) == ["rust", "rare"]
    for slug in ("x1", "x2", "x3", "nowhere"):
        assert (await classroom.get(f"/courses/{slug}/related")).status_code == 404
