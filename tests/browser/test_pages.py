"""The pages in Chromium: by keyboard, in both themes and widths, without a console error or another host."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.support.admin_desk import AdminDesk
from tests.support.chromium import open_chromium
from tests.support.classroom import Classroom, Person
from tests.support.looking import assert_accessible, go, press, tab_to
from tests.support.page_addresses import addresses_of_pages
from tests.support.system import System

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]
HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'"
# Pages of what only a sale, a worker or a fault leaves behind.
NEEDS_SALES = frozenset({"action", "payment_id", "event_key", "delivery_id"})
# Lists in which nothing is found.
EMPTY = (
    "/admin/people?search=nobody-is-called-so",
    "/admin/courses?search=no-such-title",
    "/admin/reviews?status=hidden",
    "/admin/notices?status=closed",
    "/admin/audit-log?action=nothing",
)


@pytest.fixture
def system(environment: dict[str, str], tmp_path: Path) -> Iterator[System]:
    running = System(environment | {"ENVIRONMENT": "test"}, tmp_path)
    running.start("serve")
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.stop()


@pytest.fixture
async def desk(classroom: Classroom, system: System, tmp_path: Path) -> AsyncIterator[AdminDesk]:
    async with open_chromium(tmp_path / "profile") as page:
        yield await AdminDesk.of(page, system.url, classroom)
        assert page.errors == []
        assert set(page.requests) <= {"127.0.0.1", "data"}


async def hostile_school(classroom: Classroom) -> dict[str, list[str]]:
    """A school with something hostile on every page, and an example of each parameter in an address of a page."""
    teacher, student = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher, title=HOSTILE)
    waiting = await classroom.pending(teacher, title=HOSTILE, subtitle=HOSTILE, description=f"<p>{HOSTILE}</p>")
    await classroom.enroll(student, course)
    review = await student.post(f"/courses/{course['id']}/reviews", {"rating": 2, "comment": HOSTILE})
    review_id = review.json()["data"]["id"]
    assert (await teacher.post(f"/reviews/{review_id}/report", {"reason": "abuse"})).status_code == 202
    return {
        "course_id": [waiting["id"], course["id"]],
        "user_id": [str(teacher.id)],
        "review_id": [review_id],
        "notice_id": [await send_notice(teacher, review_id)],
        "item_id": [str(item) for (item,) in await classroom.rows("SELECT id FROM attention_items LIMIT 1")],
        "job_id": [str(job) for (job,) in await classroom.rows("SELECT id FROM procrastinate_jobs LIMIT 1")],
    }


async def send_notice(person: Person, review_id: str) -> str:
    subject = {"type": "review", "id": review_id}
    answer = await person.post("/notices", {"subject": subject, "reason": "abuse", "text": HOSTILE})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["id"])


async def test_every_page_of_an_admin_is_accessible(desk: AdminDesk, classroom: Classroom) -> None:
    examples = await hostile_school(classroom)
    await go(desk.page, f"{desk.url}/account/sign-in")
    await assert_accessible(desk.page)
    await desk.sign_in()
    for path in [
        *addresses_of_pages("account", examples),
        *addresses_of_pages("admin", examples, without=NEEDS_SALES),
        *EMPTY,
    ]:
        await go(desk.page, desk.url + path)
        assert await desk.page.run("!document.querySelector('.error-status')"), path
        assert await desk.page.run("!document.querySelector('main img[src=x]')"), path
        await assert_accessible(desk.page)
    await go(desk.page, f"{desk.url}/admin/people/{examples['user_id'][0]}/erase")
    await desk.write("Email address of this person", "someone-else@example.com")
    await press(desk.page, "Enter")
    await desk.arrive("document.querySelector('.field-wrong')")
    # The browser itself notes the status of the page in its console.
    assert ["422" in error for error in desk.page.errors] == [True]
    desk.page.errors.clear()
    await assert_accessible(desk.page)


async def test_courses_reviews_and_notices_are_decided_by_keyboard(desk: AdminDesk, classroom: Classroom) -> None:
    page, school = desk.page, await hostile_school(classroom)
    await desk.sign_in()
    await go(page, desk.url + "/admin/approvals")
    await desk.use(HOSTILE[:10], "location.pathname.startsWith('/admin/courses/')")
    await desk.use("Approve and put on sale", "location.pathname === '/admin/approvals'")
    assert "is on sale." in await desk.notice()

    await go(page, f"{desk.url}/admin/reviews/{school['review_id'][0]}")
    await desk.write("Reason for hiding", "It insults somebody.")
    await desk.use("Hide", "location.pathname === '/admin/reviews'")
    assert await classroom.rows("SELECT status FROM reviews") == [("hidden",)]

    await go(page, desk.url + "/admin/notices")
    await desk.use("N-", "location.pathname.startsWith('/admin/notices/')")
    await tab_to(page, "What happens")
    await press(page, "ArrowDown", times=2)
    await desk.write("Statement of reasons", "It is an opinion, and lawful.")
    await desk.use("Decide", "location.pathname === '/admin/notices'")
    assert "is decided." in await desk.notice()
    assert await classroom.rows("SELECT decision FROM notice_decisions") == [("restore_review",)]
    assert await classroom.rows("SELECT status FROM reviews") == [("visible",)]


async def test_a_person_is_suspended_by_keyboard_after_a_step_up(desk: AdminDesk, classroom: Classroom) -> None:
    student = await classroom.person("student")
    await desk.sign_in()
    await classroom.rows("UPDATE sessions SET authenticated_at = now() - interval '1 hour' RETURNING 1")
    await classroom.rows("SELECT pg_notify('sessions', id::text) FROM users")
    await asyncio.sleep(1)
    await go(desk.page, f"{desk.url}/admin/people?search={student.name.replace(' ', '%20')}")
    await desk.use(student.name, f"location.pathname === '/admin/people/{student.id}'")
    await tab_to(desk.page, "Change role or suspend")
    await press(desk.page, "Enter")
    await desk.step_up(f"/admin/people/{student.id}/change")
    await desk.use(f"Suspend {student.name}", f"location.pathname === '/admin/people/{student.id}'")
    assert await desk.notice() == f"{student.name} is suspended, student."
    assert await classroom.rows("SELECT status FROM users WHERE id = %s", student.id) == [("suspended",)]


async def test_a_list_follows_what_is_typed_and_keeps_its_order(desk: AdminDesk, classroom: Classroom) -> None:
    teacher, page = await classroom.person("instructor"), desk.page
    for title in ("Knots", "Sails", "A kind of knots"):
        await classroom.draft(teacher, title=title)
    await page.call("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
    await desk.sign_in()
    await go(page, desk.url + "/admin/courses")
    assert "Times are in Asia/Tokyo." in await page.run("document.body.innerText")
    await desk.use("Course↕", "location.search === '?sort=title'")
    await desk.write("Title", "kno")
    await page.until("document.querySelectorAll('#results tbody tr').length === 2", 20)
    titles = await page.run("[...document.querySelectorAll('#results .strong')].map(link => link.innerText)")
    assert titles == ["A kind of knots", "Knots"]
    assert await page.run("document.activeElement.name") == "search", "the focus stays where somebody types"
    assert await page.run("location.search") == "?search=kno&status=&sort=title", "the address can be kept"
    await desk.use("Dark", "document.documentElement?.dataset.theme === 'dark'")
    assert await page.run("getComputedStyle(document.documentElement).colorScheme") == "dark"

    await go(page, desk.url + "/admin/courses")
    assert page.errors == []
    await classroom.rows("UPDATE sessions SET revoked_at = now() RETURNING 1")
    await classroom.rows("SELECT pg_notify('sessions', id::text) FROM users")
    await asyncio.sleep(1)
    await desk.write("Title", "t")
    await page.until("location.pathname === '/account/sign-in'", 20)
