"""Pictures of the demo storefront for the documents, in light and dark."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.chromium import Page
from tests.support.looking import SCHEMES, take_picture

# Each picture by its name: the script that leads there, and what is on the page then.
STEPS = {
    "demo-catalogue": ("location.hash = '#/'", ".card img"),
    "demo-course": ("document.querySelector('.card a').click()", ".course"),
    "demo-sign-in": ("location.hash = '#/sign-in'", "[name=password]"),
    "demo-checkout": (
        "[...document.querySelectorAll('button')].find(each => each.innerText.startsWith('Continue')).click()",
        "#links button",
    ),
    "demo-lesson": ("location.hash = '#/learn'", ".progress"),
}


async def take_demo(page: Page, url: str, folder: Path) -> None:
    await page.open(url)
    await _until(page, ".card img")
    slug = await page.run("document.querySelector('.card a').hash.split('/').pop()")
    for name, (script, selector) in STEPS.items():
        await page.run(script)
        await _until(page, selector)
        if name == "demo-checkout":
            await page.run(f"location.hash = '#/buy/{slug}'")
            await _until(page, "#card")
        if name == "demo-lesson":
            await page.run("document.querySelector('.card a').click()")
            await _until(page, ".lesson")
        for scheme in SCHEMES:
            await page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            await asyncio.sleep(1)  # pictures arrive, and colors change slowly
            await take_picture(page, folder / f"{name}-{scheme}.png")


async def _until(page: Page, selector: str) -> None:
    await page.until(f"document.body?.dataset.state === 'ready' && document.querySelector('{selector}')", 60)
