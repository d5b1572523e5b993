"""What is said in a course: found in the captions of the lessons that somebody may open."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.catalogue import slugs
from tests.support.classroom import PREFIX, Classroom, Person

pytestmark = pytest.mark.anyio

CAPTIONS = """WEBVTT

NOTE about ownership

1
00:01.000 --> 00:04.000 align:start
<v Ada>Welcome to <b>Größe</b> &amp; the borrow

00:04.500 --> 00:09.000
checker, which knows lifetimes

01:02:03.900 --> 01:02:05.000
数据科学入门
"""


async def add_captions(classroom: Classroom, lesson_id: str, language: str, content: str = CAPTIONS) -> None:
    await classroom.db.execute(
        """
        WITH video AS (
            INSERT INTO assets (owner_id, kind, status, path, filename, content_type, size_bytes, created_at,
                                processing_at, ready_at)
            SELECT instructor_id, 'video', 'ready', replace(uuidv7()::text, '-', ''), 'a.mp4', 'video/mp4', 1, now(),
                   now(), now()
            FROM lessons JOIN courses ON courses.id = course_id WHERE lessons.id = %(lesson_id)s RETURNING id
        ), shown AS (
            INSERT INTO lesson_videos (lesson_id, asset_id) SELECT %(lesson_id)s, id FROM video
        )
        INSERT INTO captions SELECT id, %(language)s, %(content)s, now() FROM video
        """,
        {"lesson_id": lesson_id, "language": language, "content": content},
    )


async def passages(caller: Person | Classroom, course: dict[str, Any], query: str) -> list[tuple[int, int, str]]:
    answer = await caller.get(f"/courses/{course['id']}/search?q={query}")
    assert answer.status_code == 200, answer.text
    return [(one["order"], one["second"], one["language"]) for one in answer.json()["data"]]


async def test_learners_find_the_lesson_and_the_second(classroom: Classroom) -> None:
    owner, learner = await classroom.person("instructor"), await classroom.person("student")
    stranger = await classroom.person("student")
    course = await classroom.draft(owner)
    first = await classroom.lesson(owner, course, title="First", isPreview=True)
    second = await classroom.lesson(owner, course, title="Second")
    await add_captions(classroom, first["id"], "en")
    await add_captions(classroom, second["id"], "de")
    for caller in (classroom, stranger):
        assert (await caller.get(f"/courses/{course['id']}/search?q=borrow")).status_code == 404
    assert await passages(owner, course, "borrow") == [(1, 1, "en"), (2, 1, "de")]

    await classroom.db.execute("UPDATE courses SET status = 'published', published_at = now()")
    await classroom.enroll(learner, course)
    for caller in (classroom, stranger):
        assert await passages(caller, course, "borrow") == [(1, 1, "en")]
    for query, seconds in (
        ("borrow", [1]),
        ("GROSSE", [1]),
        ("lifetime", [4]),
        ("borrow%20checker", [1]),
        ("checker%20borrow", [1]),
        ("科学", [3723]),
        ("ownership", []),
        ("welcome%20lifetimes%20absent", []),
        ("align", []),
        ("", []),
        ("%20", []),
        ("!!!", []),
    ):
        found = await passages(learner, course, query)
        assert found == [(order, at, language) for order, language in ((1, "en"), (2, "de")) for at in seconds], query

    assert await slugs(classroom, "hasCaptions=true") == [course["slug"]]
    await classroom.db.execute("UPDATE courses SET deleted_at = now()")
    assert (await classroom.get(f"/courses/{course['id']}/search?q=borrow")).status_code == 404
    assert len(await passages(learner, course, "borrow")) == 2
    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refund'")
    assert await passages(learner, course, "borrow") == []


async def test_many_passages_end_at_a_hundred(classroom: Classroom) -> None:
    owner = await classroom.person("instructor")
    course = await classroom.draft(owner)
    lesson = await classroom.lesson(owner, course)
    cues = "".join(f"{n // 60:02}:{n % 60:02}.000 --> {n // 60:02}:{n % 60:02}.900\nword {n}\n\n" for n in range(3_000))
    await add_captions(classroom, lesson["id"], "en", f"WEBVTT\n\n{cues}")
    assert len(await passages(owner, course, "word")) == 100
    assert await passages(owner, course, "word%202999") == [(1, 2999, "en")]
    answer = await classroom.client.get(f"{PREFIX}/courses/{course['id']}/search?q={'x' * 201}")
    assert answer.status_code == 422
