"""Too large, not text, or an injection (docs/attacks.md, C12, C13, G17, G21, D06). ∅ means: no table has changed."""

from __future__ import annotations

import time

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import PREFIX, Classroom, refusal

from coursify.core.database import Connection

pytestmark = pytest.mark.anyio


@pytest.fixture
def classroom(app: FastAPI, client: httpx.AsyncClient, db: Connection) -> Classroom:
    return Classroom(app, client, db)


async def test_C12_what_is_too_large_is_refused_quickly(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
    bodies = {
        "a title of 100,000 letters": b'{"title": "' + b"a" * 100_000 + b'"}',
        "10 MB": b'{"description": "' + b"a" * 10_000_000 + b'"}',
        "10,000 lessons": b'{"lessons": [' + b",".join([b'{"title": "a"}'] * 10_000) + b"]}",
        "depth 10,000": b'{"title": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        "a description of 200,000 letters": b'{"description": "' + b"a" * 200_000 + b'"}',
    }

    async with classroom.unchanged():
        for name, body in bodies.items():
            started = time.perf_counter()
            answer = await classroom.client.put(f"{PREFIX}/courses/{course['id']}", content=body, headers=headers)
            assert answer.status_code in {400, 413, 422}, (name, answer.text[:200])
            assert time.perf_counter() - started < 0.5, name


async def test_C13_text_is_text(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}

    async with classroom.unchanged():
        for field in ("title", "subtitle", "description", "category", "language"):
            for text in (r"a\u0000b", r"\ud800", r"\udfff\ud800", r"\ufffe", r"\uffff", r"\ufdd0", r"\u0007"):
                body = f'{{"{field}": "{text}"}}'
                answer = await classroom.client.put(f"{PREFIX}/courses/{course['id']}", content=body, headers=headers)
                assert answer.status_code in {400, 422}, (field, text, answer.text)
        for title in ("", "   ", "\u200b", "\u2028", "\ufeff\u00ad"):
            answer = await ada.put(f"/courses/{course['id']}", {"title": title})
            assert refusal(answer) == (422, "validation_failed")
            [detail] = answer.json()["error"]["details"]
            assert (detail["field"], detail["message"][:17]) == ("title", "must not be empty")


async def test_C13_a_pasted_title_is_cleaned_of_what_nobody_sees(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    for pasted, kept in (
        ("\u202eabc", "abc"),
        ("a\nb", "a b"),
        ("a\r\nBcc: x@example.com", "a Bcc: x@example.com"),
        ("\ufeffPho\u00adto\u200bshop\u200f\tnow\u00a0", "Photoshop now"),
    ):
        for field in ("title", "subtitle"):
            answer = await ada.put(f"/courses/{course['id']}", {field: pasted})
            assert (answer.status_code, answer.json()["data"][field]) == (200, kept)


async def test_C13_a_control_character_is_named_with_its_position(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    answer = await ada.post("/courses", {"title": "ring\u0007", "description": "", "price": 0, "category": "music"})
    assert answer.json()["error"]["details"] == [
        {"field": "title", "message": "contains a control character (U+0007) at position 5"}
    ]


INJECTIONS = [
    "' OR '1'='1", "'; DROP TABLE courses;--", "\\'; SELECT pg_sleep(5);--", "1); SELECT 1;--", "%27", "a & b | !c",
    "a:*B", "(((", ")))", "<->", "a <2> b", "'a' & 'b", "\\", "\\\\", ":*", "!", "!!!", "& & &", "a\tb", "{{7*7}}",
    "${7*7}", "%n%n%n", "%s%s%s", "%(words)s", "{0.__class__}", "..", "../../etc/passwd", "$1", "$$", "/*", "*/", "--",
    "a" * 200, "é" * 200, "😀" * 100, "\u0301" * 100, "0x00", "1e400", "NULL", "true", "a-b", "a_b", "a.b@c.de",
]  # fmt: skip


async def test_G17_D06_no_search_breaks_out_of_its_words(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    await classroom.published(ada, title="Weaving", description="<p>Looms</p>")

    async with classroom.unchanged():
        for text in INJECTIONS:
            started = time.perf_counter()
            answer = await classroom.client.get(f"{PREFIX}/courses", params={"search": text})
            assert answer.status_code in {200, 422}, (text, answer.text)
            assert not answer.json()["data"], text
            assert time.perf_counter() - started < 1, text
            for field in ("category", "level", "language", "instructorId", "sort", "cursor", "minPrice", "minRating"):
                answer = await classroom.client.get(f"{PREFIX}/courses", params={field: text})
                assert answer.status_code == 422 or not answer.json()["data"] or field == "minRating", (field, text)
                assert answer.status_code < 500


async def test_G21_templates_are_text(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    for title in ("{{7*7}}", "${7*7}", "%n%n", "{0.__class__}", "%(title)s", "<b>&amp;</b>"):
        course = await classroom.draft(ada, title=title, description=title)
        assert course["title"] == title
        assert "49" not in course["description"]
