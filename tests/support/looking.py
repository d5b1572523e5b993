"""How a page looks to people: both themes, both widths, axe-core's findings, a picture."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from tests.support.chromium import Page

Scheme = Literal["light", "dark"]
AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"
WIDTHS = (360, 1_280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Colors are enough for our pages, and the files stay small.
_COLORS = 96
# `preload` would put style sheets into the page, which its policy refuses.
_FIND = """
    new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    .then(() => axe.run({resultTypes: ["violations"], preload: false}))
    .then(({violations}) => {
        const {scrollWidth: width, clientWidth: window} = document.documentElement;
        return {violations, path: location.pathname, width, window};
    })
"""


async def go(page: Page, url: str) -> None:
    """Load an address and wait until the page is there."""
    await page.run("window.isLeft = true")
    await page.open(url)
    await page.until("!window.isLeft && document.readyState === 'complete'", 30)


async def type_into(page: Page, name: str, text: str) -> None:
    """Type into a field of the page, key by key as a keyboard does."""
    await page.run(f"document.querySelector('main [name={name}]').focus()")
    await page.call("Input.insertText", text=text)


async def press(page: Page, key: str, *, times: int = 1) -> None:
    codes = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " "), "ArrowDown": (40, "")}
    code, text = codes[key]
    for _ in range(times):
        event = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": code, "text": text}
        await page.call("Input.dispatchKeyEvent", type="keyDown", **event)
        await page.call("Input.dispatchKeyEvent", type="keyUp", **event)


async def tab_to(page: Page, label: str) -> None:
    """Press Tab until the control with this label has the focus."""
    for _ in range(80):
        await press(page, "Tab")
        active = "document.activeElement"
        if await page.run(
            f"({active}.labels?.[0]?.innerText ?? {active}.innerText ?? '').startsWith({json.dumps(label)})"
        ):
            return
    raise AssertionError(f"no control {label!r} is reached by keyboard")


async def each_look(page: Page) -> AsyncIterator[tuple[Scheme, int]]:
    """The page in both themes and at both widths, without transitions."""
    for scheme in SCHEMES:
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        await page.call("Emulation.setEmulatedMedia", features=features)
        for width in WIDTHS:
            await page.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
            )
            yield scheme, width


async def assert_accessible(page: Page) -> None:
    """No serious or critical finding of axe-core and nothing wider than the window, in every look; no console error."""
    assert page.errors == [], page.errors
    await page.run(AXE.read_text() + "; true")
    async for scheme, width in each_look(page):
        found = await page.run(_FIND)
        where = (found["path"], scheme, width)
        serious = [each for each in found["violations"] if each["impact"] in {"serious", "critical"}]
        assert [_describe(each) for each in serious] == [], where
        assert found["width"] <= found["window"], where
    assert page.errors == [], page.errors


async def take_picture(page: Page, path: Path) -> None:
    """The page from its top, with few colors."""
    taken = await page.call("Page.captureScreenshot", format="png")
    picture = Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")
    picture.quantize(_COLORS).save(path, optimize=True)


def _describe(finding: Any) -> str:
    return f"{finding['id']}: {[node['html'][:160] for node in finding['nodes'][:3]]}"
