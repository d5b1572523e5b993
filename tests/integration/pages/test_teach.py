"""An instructor writes and submits a course on the pages, and nobody else sees or changes it."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest
from tests.support.classroom import Classroom, Json, Person
from tests.support.pictures import picture
from tests.support.visitor import Visitor, text_of

from coursify.pages.core.forms import TOKEN_FIELD
from coursify.pages.routes import PAGES

pytestmark = pytest.mark.anyio

HOSTILE = "<script>alert(1)</script>{{7*1007}}\"'><img src=x>"
TEXT = {"title": "Bees for beginners", "description": "How bees live.\n\nAnd how not to be stung.", "price": "49.90"}
CHOSEN = {"currency": "usd", "category": "development", "level": "beginner", "language": "en"}


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def desk(classroom: Classroom, teacher: Person) -> Visitor:
    return await Visitor(classroom.client).signed_in(teacher)


async def send_file(desk: Visitor, path: str, file: tuple[str, bytes, str], /, **fields: str) -> httpx.Response:
    """As a browser without JavaScript sends a form with a file."""
    cookie = "; ".join(f"{name}={value}" for name, value in desk.cookies.items())
    data = {TOKEN_FIELD: desk.token} | fields
    return await desk._call("POST", path, {"Cookie": cookie}, data=data, files={"file": file})


def way_on(answer: httpx.Response) -> str:
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"].partition("#")[0]


async def test_an_instructor_writes_and_submits_a_course(desk: Visitor, classroom: Classroom) -> None:
    assert "Write your first course" in text_of(await desk.read("/teach"))
    await desk.read("/teach/courses/new")
    course = way_on(await desk.send("/teach/courses/new", **TEXT, **CHOSEN))
    page = text_of(await desk.read(course))
    assert "Draft created." in page
    assert "Before you can submit the course: Add a lesson." in page
    refused = await desk.send(f"{course}/submit")
    assert (refused.status_code, "The course is not complete." in text_of(refused.text)) == (409, True)
    lesson = way_on(await desk.send(f"{course}/lessons", title="The hive"))
    assert "“The hive”, needs a text or a video." in text_of(await desk.read(course))
    await desk.read(lesson)
    way_on(await desk.send(lesson, title="The hive", content="A hive has\ncombs.", minutes="12", isPreview="true"))
    way_on(await send_file(desk, f"{course}/picture", ("bees.png", picture(), "image/png"), altText="A bee"))
    page = await desk.read(course)
    assert "Everything is there." in text_of(page)
    assert 'alt="A bee"' in page
    way_on(await desk.send(f"{course}/submit"))
    assert "Waiting for approval" in text_of(await desk.read(course))
    ((description, price, content, seconds),) = await classroom.rows(
        "SELECT description, price_minor, content, lessons.duration_seconds FROM courses"
        " JOIN course_texts ON course_id = courses.id JOIN lessons ON lessons.course_id = courses.id"
    )
    assert description == "<p>How bees live.</p>\n<p>And how not to be stung.</p>"
    assert (price, content, seconds) == (4990, "<p>A hive has<br>combs.</p>", 720)
    audited = await classroom.rows("SELECT action FROM audit_log ORDER BY id")
    assert ("course.submit",) in audited


async def test_a_refused_form_keeps_what_was_typed(desk: Visitor) -> None:
    await desk.read("/teach/courses/new")
    answer = await desk.send("/teach/courses/new", **TEXT | {"price": "1,234"}, **CHOSEN)
    assert answer.status_code == 422
    assert "Price could mean two amounts; write it as 1234.50." in text_of(answer.text)
    assert "How bees live." in answer.text
    small = await desk.send("/teach/courses/new", **TEXT | {"price": "0.10"}, **CHOSEN)
    assert "must be 0 or at least 50 (0.50 USD)" in text_of(small.text)


async def test_a_text_that_was_changed_elsewhere_is_kept_and_compared(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    course = await classroom.draft(teacher)
    path = f"/teach/courses/{course['id']}/text"
    page = await desk.read(path)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    await teacher.put(f"/courses/{course['id']}", {"title": "From elsewhere"})
    stale = await desk.send(path, **TEXT, **CHOSEN, version=version[1])
    assert stale.status_code == 412
    shown = text_of(stale.text)
    assert "Changed elsewhere" in shown
    assert "stored: From elsewhere" in shown
    assert "typed: Bees for beginners" in shown
    assert "And how not to be stung." in stale.text
    newer = re.search(r'name="version" value="(\d+)"', stale.text)
    assert newer
    way_on(await desk.send(path, **TEXT, **CHOSEN, version=newer[1]))
    assert 'value="Bees for beginners"' in await desk.read(path)


async def test_requirements_and_outcomes_are_typed_one_per_line(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    course = await classroom.draft(teacher)
    path = f"/teach/courses/{course['id']}/text"
    await desk.read(path)
    lists = {"requirements": "A hat\r\n\r\n  Patience \r\n", "outcomes": "Keep <bees>"}
    way_on(await desk.send(path, **TEXT, **CHOSEN, **lists, version="1"))
    stored = (await teacher.get(f"/courses/{course['id']}")).json()["data"]
    assert (stored["requirements"], stored["outcomes"]) == (["A hat", "Patience"], ["Keep <bees>"])
    page = await desk.read(path)
    assert "A hat\nPatience</textarea>" in page
    assert "Keep &lt;bees&gt;</textarea>" in page
    for typed, reason in (
        ("x\n" * 21, "must have at most 20 lines"),
        ("x" * 201, "each line must have at most 200 characters"),
        ("\u200b", "a line must not be empty"),
    ):
        refused = await desk.send(path, **TEXT, **CHOSEN, outcomes=typed, version="2")
        assert (refused.status_code, reason in text_of(refused.text)) == (422, True), reason
    way_on(await desk.send(path, **TEXT, **CHOSEN, version="2"))
    stored = (await teacher.get(f"/courses/{course['id']}")).json()["data"]
    assert (stored["requirements"], stored["outcomes"]) == ([], [])


async def test_a_preview_saves_nothing_and_shows_what_learners_will_see(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    course = await classroom.draft(teacher)
    path = f"/teach/courses/{course['id']}/text"
    await desk.read(path)
    body = {"description": "<h2>Bees</h2><script>alert(1)</script>", "intent": "preview"}
    answer = await desk.send(path, **TEXT | body, **CHOSEN, version="1")
    assert answer.status_code == 200
    assert "<h2>Bees</h2>&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert "Rust in practice" in text_of(await desk.read(path))


async def test_sections_and_lessons_move_and_keep_together(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    course = await classroom.draft(teacher)
    lessons = [(await classroom.lesson(teacher, course, title=f"Lesson {name}"))["id"] for name in "ABC"]
    home = f"/teach/courses/{course['id']}"
    await desk.read(home)
    for title in ("One", "Two"):
        way_on(await desk.send(f"{home}/sections", title=title))
    one, two = [row[0] for row in await classroom.rows("SELECT id FROM sections ORDER BY position")]

    async def order() -> list[tuple[str, str | None]]:
        return await classroom.rows(
            "SELECT lessons.title, sections.title FROM lessons LEFT JOIN sections ON sections.id = section_id"
            " WHERE lessons.deleted_at IS NULL ORDER BY lessons.position"
        )

    async def move(what: str, direction: str) -> None:
        assert way_on(await desk.send(f"{home}/{what}/move", direction=direction)) == home

    await move(f"lessons/{lessons[0]}", "up")
    assert [title for title, _section in await order()] == ["Lesson A", "Lesson B", "Lesson C"]
    await move(f"lessons/{lessons[2]}", "down")
    assert await order() == [("Lesson A", None), ("Lesson B", None), ("Lesson C", "One")]
    await move(f"lessons/{lessons[2]}", "down")
    await move(f"lessons/{lessons[1]}", "down")
    assert await order() == [("Lesson A", None), ("Lesson B", "One"), ("Lesson C", "Two")]
    await move(f"sections/{two}", "up")
    assert await order() == [("Lesson A", None), ("Lesson C", "Two"), ("Lesson B", "One")]
    way_on(await desk.send(f"{home}/sections/{one}/title", title=HOSTILE))
    assert "<script>alert" not in await desk.read(home)
    way_on(await desk.send(f"{home}/sections/{two}/delete"))
    assert [section for _title, section in await order()] == [None, None, HOSTILE]
    gone = await desk.send(f"{home}/sections/{uuid4()}/move", direction="up")
    assert (gone.status_code, "This section is not in this course." in text_of(gone.text)) == (422, True)
    way_on(await desk.send(f"{home}/lessons/{lessons[0]}/delete"))
    assert [title for title, _section in await order()] == ["Lesson C", "Lesson B"]


async def test_a_course_of_somebody_else_does_not_exist(desk: Visitor, classroom: Classroom) -> None:
    other = await classroom.person("instructor")
    course = await classroom.published(other)
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons")
    before = await classroom.rows("SELECT * FROM courses"), await classroom.rows("SELECT * FROM lessons")
    ids = {"course_id": course["id"], "lesson_id": lesson_id}
    for page in PAGES:
        if not page.path.startswith("/teach/courses/{course_id}"):
            continue
        path = page.path_format.format_map({"section_id": uuid4(), "attachment_id": uuid4()} | ids)
        await desk.read("/account")
        if page.method == "GET":
            answer = await desk.get(path)
        elif type(page).__name__ == "FileRoute":
            answer = await send_file(desk, path, ("a.png", b"x", "image/png"))
        else:
            answer = await desk.send(path, title="x", direction="up", currency="usd", language="en", filename="a.mp4")
        assert answer.status_code == 404, (page.id, answer.status_code)
    assert before == (await classroom.rows("SELECT * FROM courses"), await classroom.rows("SELECT * FROM lessons"))


async def test_a_student_is_refused(classroom: Classroom) -> None:
    visitor = await Visitor(classroom.client).signed_in(await classroom.person("student"))
    for page in PAGES:
        if page.path.startswith("/teach") and page.method == "GET" and "{" not in page.path:
            assert (await visitor.get(page.path)).status_code == 403, page.id


async def test_a_file_is_refused_without_the_token_of_the_session(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    course = await classroom.draft(teacher)
    home = f"/teach/courses/{course['id']}"
    await desk.read(home)
    bees = ("bees.png", picture(), "image/png")
    own, desk.token = desk.token, "of-another-session"
    assert (await send_file(desk, f"{home}/picture", bees)).status_code == 403
    desk.token = ""
    assert (await send_file(desk, f"{home}/picture", bees)).status_code == 403
    desk.token = own
    cookie = "; ".join(f"{name}={value}" for name, value in desk.cookies.items())
    foreign = {"Cookie": cookie, "Origin": "https://evil.example"}
    answer = await desk.client.post(f"{home}/picture", headers=foreign, data={"csrf": own}, files={"file": bees})
    assert answer.status_code == 403
    assert await classroom.rows("SELECT id FROM assets") == []
    assert (await send_file(desk, f"{home}/picture", ("a.png", b"no picture", "image/png"))).status_code == 415


async def test_what_is_hostile_is_text_on_every_page(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    course = await hostile_course(desk, classroom, teacher)
    paths = [
        page.path_format.format_map({"course_id": course["id"], "lesson_id": course["lesson"]})
        for page in PAGES
        if page.path.startswith("/teach") and page.method == "GET" and "{path}" not in page.path_format
    ]
    for path in paths:
        page = await desk.read(path)
        assert "<script>alert" not in page, path
        assert "<img src=x>" not in page, path
        assert "7049" not in page, path


async def hostile_course(desk: Visitor, classroom: Classroom, teacher: Person) -> Json:
    """A course on sale whose title, lesson, file and review try to be markup."""
    course = await classroom.draft(teacher, title=HOSTILE, subtitle=HOSTILE, description=HOSTILE, price=0)
    lesson = await classroom.lesson(teacher, course, title=HOSTILE, content=HOSTILE)
    home = f"/teach/courses/{course['id']}/lessons/{lesson['id']}"
    await desk.read(home)
    way_on(await send_file(desk, f"{home}/attachments", (f"{HOSTILE}.txt", b"words", "text/plain")))
    await teacher.post(f"/courses/{course['id']}/submit")
    await (await classroom.person("admin")).post(f"/admin/courses/{course['id']}/approve")
    learner = await classroom.person("student")
    enrolled = await learner.post("/enrollments", {"courseId": course["id"]})
    assert enrolled.status_code == 201, enrolled.text
    review = await learner.post(f"/courses/{course['id']}/reviews", {"rating": 2, "comment": HOSTILE})
    assert review.status_code == 201, review.text
    return course | {"lesson": lesson["id"], "review": review.json()["data"]["id"]}


async def test_a_review_is_answered_once_and_leaves_the_list(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    course = await hostile_course(desk, classroom, teacher)
    assert "Reviews without an answer" in text_of(await desk.read("/teach"))
    await desk.read("/teach/reviews?show=unanswered")
    way_on(await desk.send(f"/teach/reviews/{course['review']}/reply", reply="Thank you."))
    assert "Every review has an answer" in text_of(await desk.read("/teach/reviews?show=unanswered"))
    assert "Your answer, just now Thank you." in text_of(await desk.read("/teach/reviews"))
    foreign = await Visitor(classroom.client).signed_in(await classroom.person("instructor"))
    refused = await foreign.send(f"/teach/reviews/{course['review']}/reply", reply="Mine.")
    assert refused.status_code == 404
    long = await desk.send(f"/teach/reviews/{course['review']}/reply", reply="x" * 50_000)
    assert long.status_code == 422
