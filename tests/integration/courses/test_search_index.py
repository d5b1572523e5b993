"""What is searched follows what is written and what is on sale; odd texts and odd searches are no errors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.catalogue import by_cursor, put_on_sale, slugs
from tests.support.classroom import Classroom

from coursify.core.database import Connection, Database
from coursify.core.deadline import Deadline
from coursify.core.pagination import Window
from coursify.core.text import clean_line
from coursify.modules.courses.services import refresh_words
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.reindex_courses import reindex_courses
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio


async def search(classroom: Classroom, typed: str, **params: str) -> dict[str, Any]:
    answer = await classroom.client.get("/api/v1/courses", params={"search": typed} | params)
    assert answer.status_code == 200, (typed, answer.text)
    return dict(answer.json())


async def suggestions(classroom: Classroom, typed: str) -> list[tuple[str, str]]:
    answer = await classroom.client.get("/api/v1/search/suggest", params={"q": typed})
    assert answer.status_code == 200, (typed, answer.text)
    return [(one["kind"], one["text"]) for one in answer.json()["data"]]


async def test_a_typing_error_finds_what_was_meant(classroom: Classroom, db: Connection, database: Database) -> None:
    ada = await classroom.person("instructor")
    await put_on_sale(
        db,
        ada.id,
        {"slug": "python", "title": "Python for analysts", "enrollments": 5},
        {"slug": "marathon", "title": "Marathon training"},
        {"slug": "maraton", "title": "Maraton", "status": "draft"},
    )
    await refresh_words.refresh_words(database)
    for typed in ("pyhton", "pythn", "pythonn", "pithon"):
        found = await search(classroom, typed)
        assert (found["meta"]["didYouMean"], found["meta"]["total"]) == ("python", 1), typed
        assert [course["slug"] for course in found["data"]] == ["python"]
    both = await search(classroom, "pyhton analysts")
    assert both["meta"]["didYouMean"] == "python analysts"
    assert (await search(classroom, "maraton"))["meta"]["didYouMean"] == "marathon"
    for typed in ("python", "zzzz", "pyzthonz"):
        assert (await search(classroom, typed))["meta"]["didYouMean"] is None, typed


async def test_words_are_counted_in_pieces(
    classroom: Classroom, db: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await classroom.person("instructor")
    monkeypatch.setattr(refresh_words, "COURSES_OF_PIECE", 2)
    monkeypatch.setattr(refresh_words, "WORDS_OF_PIECE", 3)
    monkeypatch.setattr(refresh_words, "MANY_COURSES", 4)

    async def count_once() -> None:
        """As a job that is always at its time limit: a piece a run."""
        for _ in range(1_000):
            await refresh_words.refresh_words(database, deadline=OnePiece())
            if not await classroom.rows("SELECT FROM search_rounds"):
                return

    await put_on_sale(db, ada.id, *({"slug": f"s-{n}", "title": f"Weaving {n}"} for n in range(5)))
    await count_once()
    counted = dict(await classroom.rows("SELECT word, courses FROM search_words"))
    assert counted["weaving"] == 5
    frequent = dict(await classroom.rows("SELECT lexeme, courses FROM search_lexemes"))
    assert (frequent["tweaving"], frequent["*c:music"], frequent["*"]) == (5, 5, 5)
    await db.execute("DELETE FROM search_refreshes")
    await db.execute("UPDATE courses SET sale_suspended_at = now() WHERE slug IN ('s-1', 's-2')")
    await refresh_words.refresh_words(database, deadline=OnePiece())
    assert await classroom.rows("SELECT FROM search_tally")
    await refresh_words.refresh_words(database)
    assert await classroom.rows("SELECT courses FROM search_words WHERE word = 'weaving'") == [(3,)]
    assert await classroom.rows("SELECT lexeme, courses FROM search_lexemes") == [("*", 3)]
    assert await classroom.rows("SELECT FROM search_tally") == []


class OnePiece(Deadline):
    """Passes after one piece."""

    def __init__(self) -> None:
        self._asked = iter([False])

    @property
    def has_passed(self) -> bool:
        return next(self._asked, True)


async def test_few_hits_are_followed_by_those_of_the_corrected_words(
    classroom: Classroom, db: Connection, database: Database
) -> None:
    ada = await classroom.person("instructor")
    await put_on_sale(
        db,
        ada.id,
        {"slug": "typed", "title": "Marathn", "enrollments": 1},
        {"slug": "typed-below", "description": "Marathn", "enrollments": 90},
        *({"slug": f"meant-{n}", "title": f"Marathon {n}", "enrollments": 9 - n, "price": n * 100} for n in range(4)),
    )
    await db.execute("DELETE FROM search_refreshes")
    await refresh_words.refresh_words(database)
    await db.execute("DELETE FROM search_words WHERE word = 'marathn'")
    found = await search(classroom, "marathn", facets="price")
    wanted = ["typed", "meant-0", "meant-1", "meant-2", "meant-3", "typed-below"]
    assert [course["slug"] for course in found["data"]] == wanted
    assert (found["meta"]["didYouMean"], found["meta"]["total"]) == ("marathon", 6)
    assert sum(one["count"] for one in found["meta"]["facets"]["price"]) == 6
    assert [slug async for slug in by_cursor(classroom, "search=marathn&limit=2", total=6)] == wanted
    assert (await slugs(classroom, "search=marathn&sort=price"))[0] == "meant-0"


async def test_suggestions_begin_as_typed(classroom: Classroom, db: Connection) -> None:
    ada = await classroom.person("instructor")
    await db.execute("UPDATE users SET name = 'Émile Pythagore' WHERE id = %s", [ada.id])
    await put_on_sale(
        db,
        ada.id,
        {"slug": "a", "title": "Python", "enrollments": 1},
        {"slug": "b", "title": "More Python", "enrollments": 9},
        {"slug": "c", "title": "Micropython", "enrollments": 99},
        {"slug": "d", "title": "Python secrets", "status": "draft"},
    )
    both = [("course", "More Python"), ("course", "Python"), ("instructor", "Émile Pythagore")]
    for typed in ("PY", "pyth"):
        assert await suggestions(classroom, typed) == both, typed
    assert await suggestions(classroom, "mo pyt") == [("course", "More Python")]
    assert await suggestions(classroom, "emile") == [("instructor", "Émile Pythagore")]
    assert await suggestions(classroom, "photo") == [("category", "Photography")]
    assert await suggestions(classroom, "p") == [*both, ("category", "Photography")]
    for typed in ("", " ", "zzz", "!&|:*'"):
        assert await suggestions(classroom, typed) == []


HIDDEN = [
    {"status": "draft"},
    {"status": "pending"},
    {"status": "rejected"},
]


async def test_what_is_not_on_sale_leaves_no_word(classroom: Classroom, db: Connection, database: Database) -> None:
    ada = await classroom.person("instructor")
    hidden = [
        state | {"slug": f"h-{number}-{place}", "title": f"Xylotomographie {number}", "description": "Zyklopenkraft"}
        for place, state in enumerate([*HIDDEN, {}, {}])
        for number in range(40)
    ]
    await put_on_sale(db, ada.id, {"slug": "open", "title": "Open"}, *hidden)
    await db.execute("UPDATE courses SET deleted_at = now() WHERE slug LIKE 'h-%-3'")
    await db.execute("UPDATE courses SET sale_suspended_at = now() WHERE slug LIKE 'h-%-4'")
    await refresh_words.refresh_words(database)
    for typed in ("xylotomographie", "xylotomographe", "zyklopenkraft", "tomographie", "Xylotomographie 7"):
        found = await search(classroom, typed)
        assert (found["data"], found["meta"]["total"], found["meta"]["didYouMean"]) == ([], 0, None), typed
        assert await suggestions(classroom, typed) == []
    assert await classroom.rows("SELECT 1 FROM search_words WHERE word LIKE 'xylo%%' OR word LIKE 'zyklo%%'") == []
    assert await slugs(classroom, "search=open") == ["open"]
    await db.execute("UPDATE courses SET sale_suspended_at = now() WHERE slug = 'open'")
    await db.execute("DELETE FROM search_refreshes")
    await refresh_words.refresh_words(database)
    assert await classroom.rows("SELECT word FROM search_words UNION ALL SELECT word FROM search_deletes") == []


async def test_a_new_name_reaches_the_courses_by_a_job(classroom: Classroom, run_jobs: RunJobs) -> None:
    ada, admin = await classroom.person("instructor"), await classroom.person("admin")
    await classroom.published(ada, title="Weaving")
    await ada.put("/users/me", {"name": "Zoë Quartermain"})
    await admin.put("/admin/categories/development", {"name": "Craftwork"})
    await run_jobs()
    for typed, count in {"zoe quartermain": 1, "quartermain": 1, ada.name: 0, "craftwork": 1, "development": 0}.items():
        assert (await search(classroom, typed))["meta"]["total"] == count, typed


async def test_courses_of_an_older_version_are_indexed(
    classroom: Classroom, db: Connection, database: Database
) -> None:
    ada = await classroom.person("instructor")
    await put_on_sale(db, ada.id, {"slug": "a", "title": "Old"}, {"slug": "b", "title": "Older"}, {"slug": "c"})
    await db.execute("DELETE FROM course_search WHERE course_id IN (SELECT id FROM courses WHERE slug = 'a')")
    await db.execute("UPDATE courses SET title = 'Renamed', version = version + 1 WHERE slug = 'b'")
    assert await reindex_courses(database) == 2
    assert await slugs(classroom, "search=old") == ["a"]
    assert await slugs(classroom, "search=renamed") == ["b"]
    await db.execute("UPDATE course_search SET index_version = 0")
    assert await reindex_courses(database) == 3
    assert await reindex_courses(database) == 0


async def test_a_new_price_leaves_the_words(classroom: Classroom, database: Database) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada, title="Weaving")
    await ada.put(f"/courses/{course['id']}", {"price": 5000})
    assert await reindex_courses(database) == 0


LONG = {
    "four-byte letters": ("\U00010400" * 99_000, "\U00010400" * 70),
    "Han beyond the first plane": ("\U00020000" * 99_000, "\U00020000\U00020000"),
    "one word": ("w" * 99_000, "w" * 50),
    "distinct words": (" ".join(f"{number:x}q" for number in range(16_000)), "ffq"),
    "40,000 distinct words": (" ".join(map(chr, range(0x20000, 0x20000 + 40_000))), chr(0x20400)),
}


@pytest.mark.parametrize("kind", LONG)
async def test_long_texts_are_stored_and_found(classroom: Classroom, kind: str) -> None:
    text, typed = LONG[kind]
    ada = await classroom.person("instructor")
    await classroom.published(ada, description=f"<p>{text}</p>")
    assert (await search(classroom, typed))["meta"]["total"] == 1


ODD = [
    "!",
    "&|:*",
    "'",
    '"',
    "\\",
    "a'b",
    "()",
    "<->",
    ":*",
    "🎸",
    "👩‍👩‍👧",
    "\u200b",
    "%",
    "_",
    "-" * 200,
    "+" * 200,
    "." * 200,
]
ODD += ["a " * 100, "入" * 200, "ก" * 200, "a-" * 100, "1." * 100, "́" * 9, "\U000e0041", "' OR 1=1--"]


async def test_odd_searches_are_answered(classroom: Classroom, db: Connection) -> None:
    await put_on_sale(db, (await classroom.person("instructor")).id, {"slug": "a"})
    for typed in ODD:
        assert (await search(classroom, typed))["meta"]["total"] <= 1, typed
        await suggestions(classroom, typed)
    for typed in ("\0", "x" * 2_000):
        answer = await classroom.client.get("/api/v1/courses", params={"search": typed})
        assert answer.status_code == 422, typed
    assert (await search(classroom, "  "))["meta"]["total"] == 1


@pytest.mark.slow
async def test_every_title_finds_its_course_first(classroom: Classroom, db: Connection, database: Database) -> None:
    ada = await classroom.person("instructor")
    titles: list[str] = []

    @settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(_TITLES, min_size=1, max_size=4))
    def collect(made: list[str]) -> None:
        titles.extend(made)

    collect()
    cleaned = list(dict.fromkeys(title for title in map(_clean, titles) if title))
    await put_on_sale(db, ada.id, *({"title": title, "slug": f"t-{n}"} for n, title in enumerate(cleaned)))
    for title in cleaned:
        async with database.read() as opened:
            found = await browse_catalogue(opened, text=title, filters={}, sort="relevance", window=Window(None, 20, 0))
        best = [course.title for course in found.page.items if course.relevance == 7]
        assert title in best or len(best) == 20, title


_SCRIPTS = [
    "a-zäøßłıİ",
    "а-яё",
    "α-ωά",
    "ء-ي\u064e",
    "א-ת\u05b8",
    "अ-ह\u093e\u093f",
    "ก-ู",
    "一-俿",
    "ぁ-んァ-ン",
    "가-깋",
]
_WORDS = st.one_of([st.from_regex(f"[{letters}]{{1,9}}", fullmatch=True) for letters in _SCRIPTS])
_JOINTS = st.sampled_from(
    [" ", " ", " ", "-", "’", ".", "…", " “", "” ", "、", "++ ", "# ", " .", "/", "\u200c", "\u200b", ", "]
)
_MIXED = st.lists(st.tuples(_WORDS, _JOINTS), min_size=1, max_size=6).map(lambda parts: "".join(map("".join, parts)))
_TITLES = st.one_of(_MIXED, _MIXED, st.text(min_size=1, max_size=60))


def _clean(title: str) -> str:
    try:
        return clean_line(title)[:200]
    except ValueError:
        return ""
