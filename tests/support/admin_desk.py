"""An admin at the pages in Chromium, by keyboard alone."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pyotp
from tests.support.chromium import Page
from tests.support.classroom import Classroom, Person
from tests.support.looking import go, press, tab_to, type_into


@dataclass
class AdminDesk:
    """A browser, and an admin with a second factor who is not signed in yet."""

    page: Page
    url: str
    admin: Person
    secret: str

    @classmethod
    async def of(cls, page: Page, url: str, classroom: Classroom) -> AdminDesk:
        admin = await classroom.person("admin")
        begun = await admin.post("/users/me/totp")
        assert begun.status_code == 201, begun.text
        secret = begun.json()["data"]["secret"]
        # The code of the step before: the one of now is for the sign-in, the next one for a step-up.
        confirmed = await admin.post("/users/me/totp/confirm", {"code": pyotp.TOTP(secret).at(time.time() - 30)})
        assert confirmed.status_code == 200, confirmed.text
        return cls(page, url, admin, secret)

    @property
    def email(self) -> str:
        return self.admin.name.lower().replace(" number", "") + "@example.com"

    @property
    def password(self) -> str:
        return f"a-long-one-{self.admin.name.removeprefix('Admin Number')}!"

    async def sign_in(self) -> None:
        """Password, then code."""
        await go(self.page, f"{self.url}/admin")
        await self.write("Email address", self.email)
        await self.write("Password", self.password)
        await press(self.page, "Enter")
        await self.arrive("location.pathname === '/account/second-factor'")
        await type_into(self.page, "code", pyotp.TOTP(self.secret).now())
        await press(self.page, "Enter")
        await self.arrive("location.pathname === '/admin'")

    async def step_up(self, path: str) -> None:
        """The page that asks for the password again, and the way on to `path`."""
        await self.arrive("location.pathname === '/account/step-up'")
        await self.write("Password", self.password)
        await self.write("Code", pyotp.TOTP(self.secret).at(time.time() + 30))
        await press(self.page, "Enter")
        await self.arrive(f"location.pathname === '{path}'")

    async def write(self, label: str, text: str) -> None:
        await tab_to(self.page, label)
        await self.page.call("Input.insertText", text=text)

    async def use(self, label: str, condition: str) -> None:
        """Reach a link or a button, press Enter, and wait for what follows."""
        await tab_to(self.page, label)
        await press(self.page, "Enter")
        await self.arrive(condition)

    async def arrive(self, condition: str) -> None:
        await self.page.until(f"({condition}) && document.readyState === 'complete'", 30)

    async def notice(self) -> str:
        """What the page says about the form that was just sent."""
        return str(await self.page.run("document.querySelector('[role=status]')?.innerText"))
