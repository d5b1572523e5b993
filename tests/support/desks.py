"""A person at the pages in Chromium, by keyboard alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.chromium import Page
from tests.support.classroom import Person
from tests.support.looking import go, press, tab_to


@dataclass
class TeacherDesk:
    """A browser, and an instructor who is not signed in yet."""

    page: Page
    url: str
    teacher: Person

    async def sign_in(self) -> None:
        number = self.teacher.name.removeprefix("Instructor Number")
        await go(self.page, f"{self.url}/teach")
        await self.type("Email address", f"instructor{number}@example.com")
        await self.type("Password", f"a-long-one-{number}!")
        await self.enter("location.pathname === '/teach'")

    async def type(self, label: str, text: str) -> None:
        await tab_to(self.page, label)
        await self.page.call("Input.insertText", text=text)

    async def choose(self, label: str, file: Path) -> None:
        """What the dialog of the system does after Enter on a file field."""
        await tab_to(self.page, label)
        found = await self.page.call("Runtime.evaluate", expression="document.activeElement")
        await self.page.call("DOM.setFileInputFiles", files=[str(file)], objectId=found["result"]["objectId"])

    async def press(self, label: str, condition: str) -> None:
        """Go to a control by Tab, press Enter, and wait until something is true."""
        await tab_to(self.page, label)
        await self.enter(condition)

    async def enter(self, condition: str) -> None:
        """Press Enter and wait for the next page that fits."""
        await self.page.run("window.isLeft = true")
        await press(self.page, "Enter")
        await self.page.until(f"!window.isLeft && document.readyState === 'complete' && ({condition})", 60)

    async def shows(self, text: str) -> bool:
        return bool(await self.page.run(f"document.querySelector('main').innerText.includes({json.dumps(text)})"))
