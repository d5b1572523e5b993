"""`make screenshots`: every page of the running sandbox in light and dark, as small pictures for the documents."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.browser.demo_pictures import take_demo
from tests.support.chromium import Page, open_chromium
from tests.support.looking import SCHEMES, go, take_picture, type_into

ROOT = Path(__file__).parents[2]
RUN = ROOT / ".coursify" / "run.json"
FOLDER = ROOT / "docs" / "pictures" / "pages"
# Each page by the name of its picture: an address, or an address and the beginning of a link on it that is followed.
PAGES: dict[str, dict[str, tuple[str, str]]] = {
    "admin": {
        "sign-in": ("/account/sign-in", ""),
        "today": ("/admin", ""),
        "approvals": ("/admin/approvals", ""),
        "approval": ("/admin/approvals", "/admin/courses/"),
        "courses": ("/admin/courses", ""),
        "people": ("/admin/people", ""),
        "person": ("/admin/people?role=instructor", "/admin/people/"),
        "reviews": ("/admin/reviews", ""),
        "review": ("/admin/reviews", "/admin/reviews/"),
        "notices": ("/admin/notices", ""),
        "audit-log": ("/admin/audit-log", ""),
        "health": ("/admin/health", ""),
    },
    "instructor": {
        "teach-overview": ("/teach", ""),
        "teach-courses": ("/teach/courses", ""),
        "teach-course": ("/teach/courses", "/teach/courses/"),
        "teach-new-course": ("/teach/courses/new", ""),
        "teach-statistics": ("/teach/statistics", ""),
        "teach-sales": ("/teach/sales", ""),
        "teach-reviews": ("/teach/reviews", ""),
        "teach-notifications": ("/teach/notifications", ""),
    },
}
SIZE = {"width": 1_280, "height": 860, "deviceScaleFactor": 1, "mobile": False}


async def main(run_file: Path) -> None:
    run = json.loads(run_file.read_text())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for account in run["accounts"]:
        if account["role"] in PAGES:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
                async with open_chromium(Path(profile)) as page:
                    await take_all(page, run["api"], account, PAGES[account["role"]])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        async with open_chromium(Path(profile)) as page:
            await page.call("Emulation.setDeviceMetricsOverride", **SIZE)
            await take_demo(page, run["demo"], FOLDER)


async def take_all(page: Page, url: str, account: dict[str, Any], pages: dict[str, tuple[str, str]]) -> None:
    await page.call("Emulation.setDeviceMetricsOverride", **SIZE)
    await go(page, f"{url}/account/sign-in")
    for name, (path, link) in pages.items():
        if path != "/account/sign-in" and await page.run("location.pathname === '/account/sign-in'"):
            await sign_in(page, account)
        await go(page, url + path)
        if link and (found := await find_link(page, link)):
            await go(page, found)
        for scheme in SCHEMES:
            await page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            await asyncio.sleep(0.4)  # colors change slowly
            await take_picture(page, FOLDER / f"{name}-{scheme}.png")


async def sign_in(page: Page, account: dict[str, Any]) -> None:
    await type_into(page, "email", account["email"])
    await type_into(page, "password", account["password"])
    await page.run("document.querySelector('main form.form').requestSubmit()")
    await page.until("location.pathname !== '/account/sign-in' && document.readyState === 'complete'", 30)


async def find_link(page: Page, beginning: str) -> str | None:
    """The first link in the table that leads below this path."""
    links = await page.run("[...document.querySelectorAll('main table a')].map(link => link.href)")
    return next((link for link in links if re.search(re.escape(beginning) + "[0-9a-f-]{36}$", link)), None)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else RUN))
