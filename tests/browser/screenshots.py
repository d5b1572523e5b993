"""`make screenshots`: every page of the running sandbox in light and dark, as small pictures for the documents.

`--width 360 --folder <another folder>` takes the same pictures as on a phone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.demo_pictures import take_demo
from tests.browser.showcase import fill_pages
from tests.support.chromium import Page, open_chromium
from tests.support.looking import SCHEMES, go, take_picture, type_into

ROOT = Path(__file__).parents[2]
RUN = ROOT / ".coursify" / "run.json"
FOLDER = ROOT / "docs" / "pictures" / "pages"
ID = "[0-9a-f-]{36}"


@dataclass(frozen=True)
class Shot:
    """An address, the links that are followed from there by the pattern of their path, and what is added at the end."""

    path: str
    links: tuple[str, ...] = ()
    then: str = ""


PAGES: dict[str, dict[str, Shot]] = {
    "admin": {
        "sign-in": Shot("/account/sign-in"),
        "today": Shot("/admin"),
        "attention": Shot("/admin/attention"),
        "attention-item": Shot("/admin/attention?kind=job_failed", (f"/admin/attention/{ID}",)),
        "approvals": Shot("/admin/approvals"),
        "approval": Shot("/admin/approvals", (f"/admin/courses/{ID}",)),
        "courses": Shot("/admin/courses"),
        "people": Shot("/admin/people"),
        "person": Shot("/admin/people?role=instructor", (f"/admin/people/{ID}",)),
        "reviews": Shot("/admin/reviews"),
        "review": Shot("/admin/reviews", (f"/admin/reviews/{ID}",)),
        "notices": Shot("/admin/notices"),
        "payments": Shot("/admin/payments"),
        "payment": Shot("/admin/payments?status=partially_refunded", (f"/admin/payments/{ID}",)),
        "refund": Shot(
            "/admin/payments?status=succeeded", (f"/admin/payments/{ID}",), "/refund?what=whole&amount=9.50"
        ),
        "webhook-events": Shot("/admin/webhook-events"),
        "webhook-event": Shot("/admin/webhook-events?state=applied", (f"/admin/webhook-events/{ID}",)),
        "jobs": Shot("/admin/jobs"),
        "job": Shot("/admin/jobs?status=failed", (r"/admin/jobs/\d+",)),
        "emails": Shot("/admin/emails"),
        "email": Shot("/admin/emails?state=undelivered", (f"/admin/emails/{ID}",)),
        "audit-log": Shot("/admin/audit-log"),
        "health": Shot("/admin/health"),
    },
    "instructor": {
        "teach-overview": Shot("/teach"),
        "teach-courses": Shot("/teach/courses"),
        "teach-course": Shot("/teach/courses?status=published", (f"/teach/courses/{ID}",)),
        "teach-text": Shot("/teach/courses?status=published", (f"/teach/courses/{ID}",), "/text"),
        "teach-learners": Shot("/teach/courses?status=published", (f"/teach/courses/{ID}",), "/learners"),
        "teach-course-statistics": Shot("/teach/courses?status=published", (f"/teach/courses/{ID}",), "/statistics"),
        "teach-lesson": Shot(
            "/teach/courses?status=published", (f"/teach/courses/{ID}", f"/teach/courses/{ID}/lessons/{ID}")
        ),
        "teach-upload": Shot(
            "/teach/courses?status=pending", (f"/teach/courses/{ID}", f"/teach/courses/{ID}/lessons/{ID}")
        ),
        "teach-new-course": Shot("/teach/courses/new"),
        "teach-statistics": Shot("/teach/statistics"),
        "teach-sales": Shot("/teach/sales"),
        "teach-reviews": Shot("/teach/reviews"),
        "teach-notifications": Shot("/teach/notifications"),
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run_file", nargs="?", type=Path, default=RUN)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--width", type=int, default=1_280)
    parser.add_argument("--only", default="", help="pictures whose names have this in them")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    run = json.loads(given.run_file.read_text())
    fill_pages(run)
    asyncio.run(take_all(run, given))


async def take_all(run: dict[str, Any], given: argparse.Namespace) -> None:
    for account in run["accounts"]:
        if account["role"] in PAGES:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
                async with open_chromium(Path(profile)) as page:
                    size = {"width": given.width, "height": 860, "deviceScaleFactor": 1, "mobile": False}
                    await page.call("Emulation.setDeviceMetricsOverride", **size)
                    await page.call("Emulation.setScrollbarsHidden", hidden=True)
                    await take_of(page, run["api"], account, given)
    if not given.only:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            async with open_chromium(Path(profile)) as page:
                size = {"width": given.width, "height": 860, "deviceScaleFactor": 1, "mobile": False}
                await page.call("Emulation.setDeviceMetricsOverride", **size)
                await take_demo(page, run["demo"], given.folder)


async def take_of(page: Page, url: str, account: dict[str, Any], given: argparse.Namespace) -> None:
    await go(page, f"{url}/account/sign-in")
    for name, shot in PAGES[account["role"]].items():
        if shot.path != "/account/sign-in" and await page.run("location.pathname === '/account/sign-in'"):
            await sign_in(page, account)
        if given.only not in name:
            continue
        await go(page, url + shot.path)
        for pattern in shot.links:
            await go(page, await find_link(page, pattern))
        if shot.then:
            await go(page, await page.run("location.href") + shot.then)
        if name == "teach-upload":
            await begin_upload(page)
        for scheme in SCHEMES:
            await page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            await asyncio.sleep(0.4)  # colors change slowly
            await take_picture(page, given.folder / f"{name}-{scheme}.png")
        if name == "teach-upload":
            await page.run("document.querySelector('.sending button').click()")


async def sign_in(page: Page, account: dict[str, Any]) -> None:
    await type_into(page, "email", account["email"])
    await type_into(page, "password", account["password"])
    await page.run("document.querySelector('main form.form').requestSubmit()")
    await page.until("location.pathname !== '/account/sign-in' && document.readyState === 'complete'", 30)


async def begin_upload(page: Page) -> None:
    """A large video on a slow line, when nearly half of it has been sent."""
    speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": 4 * 1024 * 1024}
    await page.call("Network.emulateNetworkConditions", offline=False, **speed)
    await page.run("""
        {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(64 * 1024 * 1024)], "The first day.mp4", {type: "video/mp4"}));
            const form = document.querySelector("#video form[data-upload]");
            form.elements.file.files = files.files;
            form.requestSubmit();
        }
    """)
    await page.until("document.querySelector('.sending progress')?.value > 42", 60)
    await page.run("document.querySelector('#video').scrollIntoView()")


async def find_link(page: Page, pattern: str) -> str:
    """The first link on the page whose path is like this."""
    links = await page.run("[...document.querySelectorAll('main a')].map(link => link.href)")
    return str(next(link for link in links if re.fullmatch(f"https?://[^/]+{pattern}", link)))


if __name__ == "__main__":
    main()
