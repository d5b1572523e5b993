"""Someone who only uses what stands on the screen: clicks on words and types into fields by their labels."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.support.chromium import Page

PATIENCE = 60
# The first thing with these words that is visible; its middle, if nothing lies above it there.
_FIND = """
    ((words, within) => {
        const name = each => (each.innerText || each.ariaLabel || '').replace(/\\s+/g, ' ').trim();
        const things = [...document.querySelector(within).querySelectorAll('a, button, summary, [role=option]')];
        const seen = things.filter(each => each.checkVisibility() && name(each).startsWith(words));
        const found = seen.find(each => name(each) === words) ?? seen[0];
        if (!found) return null;
        found.scrollIntoView({block: 'center', behavior: 'instant'});
        const box = (found.getClientRects())[0];
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const above = document.elementFromPoint(x, y);
        return found.contains(above) || above?.contains(found) ? [x, y] : null;
    })
"""


@dataclass(frozen=True)
class Stranger:
    page: Page

    async def sees(self, words: str) -> None:
        await self.page.until(f"document.body?.innerText.includes({json.dumps(words)})", PATIENCE)

    async def click(self, words: str, *, within: str = "body") -> None:
        """The link or button that has these words, or begins with them."""
        find = f"{_FIND}({json.dumps(words)}, {json.dumps(within)})"
        await self.page.until(f"document.readyState === 'complete' && {find}", PATIENCE)
        x, y = await self.page.run(find)
        for kind in ("mousePressed", "mouseReleased"):
            await self.page.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def type(self, label: str, text: str) -> None:
        """Into the field with this label."""
        find = f"""
            [...document.querySelectorAll('input, textarea')].find(each =>
                (each.labels?.[0]?.innerText ?? each.ariaLabel ?? each.placeholder).startsWith({json.dumps(label)}))
        """
        await self.page.until(find, PATIENCE)
        await self.page.run(f"({find}).focus()")
        await self.page.call("Input.insertText", text=text)
