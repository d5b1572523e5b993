"""The pages in Chromium: by keyboard, in both themes and widths, without a console error or another host."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from tests.support.chromium import Page, open_chromium
from tests.support.classroom import Classroom, Person
from tests.support.looking import assert_accessible, go, press, tab_to, type_into
from tests.support.system import System

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]
HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'"


@pytest.fixture
def system(environment: dict[str, str], tmp_path: Path) -> Iterator[System]:
    running = System(environment | {"ENVIRONMENT": "test"}, tmp_path)
    running.start("serve")
    running.wait_until_ready()
    yield running
    running.stop()


@dataclass
class Desk:
    """A browser, and an admin with a second factor who is not signed in yet."""

    page: Page
    url: str
    admin: Person
    secret: str

    @property
    def email(self) -> str:
        return self.admin.name.lower().replace(" number", "") + "@example.com"

    @property
    def password(self) -> str:
        return f"a-long-one-{self.admin.name.removeprefix('Admin Number')}!"

    async def sign_in(self) -> None:
        """By keyboard alone: password, then code."""
        await go(self.page, f"{self.url}/admin")
        await tab_to(self.page, "Email address")
        await self.page.call("Input.insertText", text=self.email)
        await tab_to(self.page, "Password")
        await self.page.call("Input.insertText", text=self.password)
        await press(self.page, "Enter")
        await self.page.until(
            "location.pathname === '/account/second-factor' && document.readyState === 'complete'", 20
        )
        await type_into(self.page, "code", pyotp.TOTP(self.secret).now())
        await press(self.page, "Enter")
        await self.page.until("location.pathname === '/admin' && document.readyState === 'complete'", 20)


@pytest.fixture
async def desk(classroom: Classroom, system: System, tmp_path: Path) -> AsyncIterator[Desk]:
    admin = await classroom.person("admin")
    begun = await admin.post("/users/me/totp")
    assert begun.status_code == 201, begun.text
    secret = begun.json()["data"]["secret"]
    # The code of the step before: the one of now is for the sign-in.
    code = pyotp.TOTP(secret).at(time.time() - 30)
    confirmed = await admin.post("/users/me/totp/confirm", {"code": code})
    assert confirmed.status_code == 200, confirmed.text
    async with open_chromium(tmp_path / "profile") as page:
        yield Desk(page, system.url, admin, secret)
        assert set(page.requests) <= {"127.0.0.1", "data"}


async def test_every_page_of_an_admin_is_accessible(desk: Desk, classroom: Classroom) -> None:
    paths = await hostile_school(classroom)
    await go(desk.page, f"{desk.url}/account/sign-in")
    await assert_accessible(desk.page)
    await desk.sign_in()
    for path in paths:
        await go(desk.page, desk.url + path)
        assert await desk.page.run("!document.querySelector('.error-status')"), path
        assert await desk.page.run("!document.querySelector('main img[src=x]')"), path
        await assert_accessible(desk.page)


async def hostile_school(classroom: Classroom) -> list[str]:
    """Every page that an admin may open, with something hostile on it."""
    teacher, student = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher, title=HOSTILE)
    waiting = await classroom.pending(teacher, title=HOSTILE, subtitle=HOSTILE, description=f"<p>{HOSTILE}</p>")
    await classroom.enroll(student, course)
    review = await student.post(f"/courses/{course['id']}/reviews", {"rating": 2, "comment": HOSTILE})
    review_id = review.json()["data"]["id"]
    assert (await teacher.post(f"/reviews/{review_id}/report", {"reason": "abuse"})).status_code == 202
    notice = await teacher.post(
        "/notices", {"subject": {"type": "review", "id": review_id}, "reason": "abuse", "text": HOSTILE}
    )
    return [
        *("/admin", "/account", "/account/two-factor", "/admin/approvals", f"/admin/courses/{waiting['id']}"),
        *("/admin/courses", f"/admin/courses/{course['id']}", "/admin/people", f"/admin/people/{teacher.id}"),
        *(f"/admin/people/{teacher.id}/change", f"/admin/people/{teacher.id}/erase", "/admin/reviews"),
        *(f"/admin/reviews/{review_id}", "/admin/notices", f"/admin/notices/{notice.json()['data']['id']}"),
        *("/admin/audit-log", "/admin/health", "/account/step-up?next=/admin"),
    ]


async def test_a_course_is_approved_and_a_review_hidden_by_keyboard(desk: Desk, classroom: Classroom) -> None:
    page, paths = desk.page, await hostile_school(classroom)
    await desk.sign_in()
    await go(page, desk.url + "/admin/approvals")
    await tab_to(page, HOSTILE[:10])
    await press(page, "Enter")
    await page.until("location.pathname.startsWith('/admin/courses/') && document.readyState === 'complete'", 20)
    await tab_to(page, "Approve and put on sale")
    await press(page, "Enter")
    await page.until("location.pathname === '/admin/approvals' && document.querySelector('[role=status]')", 20)
    assert "is on sale." in await page.run("document.querySelector('[role=status]').innerText")
    await go(page, desk.url + next(path for path in paths if path.startswith("/admin/reviews/")))
    await tab_to(page, "Reason for hiding")
    await page.call("Input.insertText", text="It insults somebody.")
    await tab_to(page, "Hide")
    await press(page, "Enter")
    await page.until("location.pathname === '/admin/reviews' && document.querySelector('[role=status]')", 20)
    assert await classroom.rows("SELECT status FROM reviews") == [("hidden",)]
    assert page.errors == []


async def test_a_list_follows_what_is_typed(desk: Desk, classroom: Classroom) -> None:
    teacher, page = await classroom.person("instructor"), desk.page
    for title in ("Knots", "Sails"):
        await classroom.draft(teacher, title=title)
    await desk.sign_in()
    await go(page, desk.url + "/admin/courses")
    await tab_to(page, "Title")
    await page.call("Input.insertText", text="kno")
    await page.until("document.querySelectorAll('#results tbody tr').length === 1", 20)
    assert "Knots" in await page.run("document.querySelector('#results').innerText")
    assert await page.run("document.activeElement.name") == "search", "the focus stays where somebody types"
    assert "search=kno" in await page.run("location.search"), "the address can be kept"
    await classroom.rows("UPDATE sessions SET revoked_at = now() RETURNING 1")
    await classroom.rows("SELECT pg_notify('sessions', id::text) FROM users")
    await asyncio.sleep(1)
    await page.call("Input.insertText", text="t")
    await page.until("location.pathname === '/account/sign-in'", 20)
    assert not [error for error in page.errors if "401" not in error]


async def test_the_theme_stays_and_times_are_in_the_zone_of_the_browser(desk: Desk) -> None:
    page = desk.page
    await page.call("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
    await desk.sign_in()
    await go(page, f"{desk.url}/admin")
    assert "Times are in Asia/Tokyo." in await page.run("document.body.innerText")
    await tab_to(page, "Dark")
    await press(page, "Enter")
    await page.until("document.documentElement.dataset.theme === 'dark'", 10)
    assert await page.run("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.errors == []
