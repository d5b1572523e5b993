"""`make email-pictures`: every email at 360 and 600 px, in light and, narrow, in dark, for the documents."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.browser.sample_emails import SAMPLES, SCHOOL
from tests.support.chromium import Page, open_chromium
from tests.support.looking import take_picture

from coursify.core.mail import School, render_email, writing_as

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures" / "emails"
# The documents keep these; `all` takes the others as well, to look at.
SHOWN = ("welcome", "account_notice", "receipt", "course_rejected")
WIDTHS = (360, 600)
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


async def main(names: tuple[str, ...], folder: Path) -> int:
    """The number of emails that are wider than the window."""
    folder.mkdir(parents=True, exist_ok=True)
    too_wide = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        async with open_chromium(Path(place) / "profile") as page:
            for name in names:
                source = Path(place) / f"{name}.html"
                with writing_as(School(**SCHOOL)):
                    source.write_text(render_email(name, **SAMPLES[name])[1])
                for width in WIDTHS:
                    too_wide += [f"{name} at {width} px"] * await _take(page, source, width, folder)
    sys.stdout.write("\n".join(too_wide or ["No email is wider than the window."]) + "\n")
    return len(too_wide)


async def _take(page: Page, source: Path, width: int, folder: Path) -> bool:
    size = {"width": width, "height": 100, "deviceScaleFactor": 1, "mobile": False}
    await page.call("Emulation.setDeviceMetricsOverride", **size)
    await page.open(source.as_uri())
    await page.until(f"location.href === {source.as_uri()!r} && document.readyState === 'complete'", 20)
    height = await page.run("document.documentElement.scrollHeight")
    await page.call("Emulation.setDeviceMetricsOverride", **size | {"height": height})
    for scheme in ("light", "dark") if width == WIDTHS[0] else ("light",):
        await page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await take_picture(page, folder / f"{source.stem}-{width}-{scheme}.png")
    return bool(await page.run(OVERFLOW))


if __name__ == "__main__":
    wanted = tuple(SAMPLES) if sys.argv[1:2] == ["all"] else SHOWN
    sys.exit(asyncio.run(main(wanted, Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER)))
