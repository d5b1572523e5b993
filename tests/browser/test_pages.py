"""How the pages look in Chromium: in both themes and widths, without a console error or another host."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
from tests.support.admin_desk import AdminDesk
from tests.support.chromium import Page
from tests.support.classroom import Classroom
from tests.support.hostile_school import hostile_school
from tests.support.looking import assert_accessible, go, press
from tests.support.page_addresses import addresses_of_pages
from tests.support.shop import Shop
from tests.support.system import System

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]
# Lists in which nothing is found.
EMPTY = (
    "/admin/people?search=nobody-is-called-so",
    "/admin/courses?search=no-such-title",
    "/admin/reviews?status=hidden",
    "/admin/notices?status=closed",
    "/admin/audit-log?action=nothing",
    "/admin/payments?status=disputed",
    "/admin/webhook-events?state=parked",
    "/admin/jobs?status=running",
    "/admin/emails?state=unknown",
    "/admin/attention?kind=dispute_open",
)


@pytest.fixture
async def desk(classroom: Classroom, system: System, tab: Page) -> AsyncIterator[AdminDesk]:
    yield await AdminDesk.of(tab, system.url, classroom)
    assert tab.errors == []
    assert set(tab.requests) <= {"127.0.0.1", "data"}


async def test_every_page_of_an_admin_is_accessible(desk: AdminDesk, classroom: Classroom, shop: Shop) -> None:
    school = await hostile_school(classroom, shop)
    await go(desk.page, f"{desk.url}/account/sign-in")
    await assert_accessible(desk.page)
    await desk.sign_in()
    for path in [
        *addresses_of_pages("account", school.examples),
        *addresses_of_pages("admin", school.examples),
        *school.refund_previews,
        *EMPTY,
    ]:
        await go(desk.page, desk.url + path)
        assert await desk.page.run("!document.querySelector('.error-status')"), path
        assert await desk.page.run("!document.querySelector('main img[src=x]')"), path
        await assert_accessible(desk.page)
    await go(desk.page, f"{desk.url}/admin/people/{school.teacher.id}/erase")
    await desk.write("Email address of this person", "someone-else@example.com")
    await press(desk.page, "Enter")
    await desk.arrive("document.querySelector('.field-wrong')")
    # The browser itself notes the status of the page in its console.
    assert ["422" in error for error in desk.page.errors] == [True]
    desk.page.errors.clear()
    await assert_accessible(desk.page)


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
