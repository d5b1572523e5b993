"""The pages in Chromium: by keyboard, in both themes and widths, without a console error or another host."""

from __future__ import annotations

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
    await go(desk.page, f"{desk.url}/account/sign-in")
    await assert_accessible(desk.page)
    await desk.sign_in()
    for path in await paths_of(classroom):
        await go(desk.page, desk.url + path)
        assert await desk.page.run("!document.querySelector('.error-status')"), path
        await assert_accessible(desk.page)


async def paths_of(classroom: Classroom) -> list[str]:
    """Every page that an admin may open, with something hostile on it."""
    return ["/admin", "/account"]


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
