"""A stranger's first minutes, by what stands on the screen alone: from `/` to a course that is bought and plays."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from tests.support.chromium import Page, open_chromium
from tests.support.films import mp4
from tests.support.looking import assert_accessible, go
from tests.support.mailbox import Mailbox
from tests.support.publishing import publish
from tests.support.servers import ServerAddresses
from tests.support.story import Story, run_story
from tests.support.stranger import Stranger

from coursify_sandbox.guide.render import PAGES

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]
PATIENCE = 120


@pytest.fixture(scope="module")
def story(
    environment: dict[str, str], servers: ServerAddresses, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """A sandbox with one filmed course."""
    folder = tmp_path_factory.mktemp("sandbox")
    # The least memory that is allowed outside of tests.
    sandbox = {"ENVIRONMENT": "sandbox", "SANDBOX_FILE": str(folder / "run.json"), "ARGON2_MEMORY_KIB": "19456"}
    with run_story(environment | sandbox, servers, mailbox, folder, serve_command=("sandbox", "serve")) as running:
        publish(running, "Bread for beginners", 4900, film=mp4(6))
        yield running


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with open_chromium(tmp_path / "profile") as opened:
        await opened.call(
            "Emulation.setDeviceMetricsOverride", width=1280, height=800, deviceScaleFactor=1, mobile=False
        )
        yield opened
        assert set(opened.requests) <= {"127.0.0.1", "data", "blob"}


async def test_a_stranger_buys_a_course_with_3d_secure_and_it_plays(story: Story, page: Page) -> None:
    stranger = Stranger(page)
    await page.open(story.run["api"])
    await stranger.click("Demo")
    await stranger.click("Sign up")
    await stranger.type("Name", "Sam")
    await stranger.type("Email", f"sam-{secrets.token_hex(4)}@example.com")
    await stranger.type("Password", "a-long-password")
    await stranger.click("Sign up", within="main")
    await stranger.sees("Sign out")
    await stranger.click("Bread for beginners")
    await stranger.click("Buy this course")
    await stranger.click("… 3220 the bank asks first")
    await stranger.click("Pay $49.00")
    await stranger.click("Approve")
    await stranger.sees("Thank you")
    await stranger.click("Start learning")
    await page.until("document.querySelector('video')?.readyState >= 2", PATIENCE)
    await page.run("document.querySelector('video').play()")
    await page.until("document.querySelector('video').currentTime > 0.5", PATIENCE)
    assert page.errors == []


async def test_a_preview_plays_without_an_account(story: Story, page: Page) -> None:
    await page.open(f"{story.run['api']}/demo/")
    stranger = Stranger(page)
    await stranger.click("Bread for beginners")
    await stranger.click("Flour")
    await page.until("document.querySelector('video')?.readyState >= 2", PATIENCE)
    await stranger.sees("All about Flour.")
    await stranger.click("See the whole course")
    await stranger.sees("Buy this course")
    assert page.errors == []


async def test_everything_on_the_first_page_leads_somewhere(story: Story, page: Page) -> None:
    await go(page, story.run["api"])
    await assert_accessible(page)
    links = json.loads(await page.run("JSON.stringify([...document.querySelectorAll('main a')].map(a => a.href))"))
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True, timeout=20) as client:
        for link in links:
            assert (await client.get(link, headers={"Accept": "text/html"})).status_code == 200, link


async def test_every_page_of_the_guide_is_accessible_and_side_by_side(story: Story, page: Page) -> None:
    for name in PAGES:
        await go(page, f"{story.run['api']}/guide{'' if name == 'guide' else f'/{name}'}")
        await assert_accessible(page)
    for width, is_beside in ((1000, True), (999, False)):
        await page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        await go(page, f"{story.run['api']}/guide/orders")
        places = "['.request', '.answer'].map(each => document.querySelector(each).getBoundingClientRect().top)"
        request, answer = await page.run(places)
        assert (request == answer) is is_beside
    await page.run("document.querySelector('#in-python').click()")
    assert await page.run("document.querySelector('figure.python').checkVisibility()")
    assert not await page.run("document.querySelector('figure.sh').checkVisibility()")


async def test_the_reference_is_a_few_small_files_and_is_kept(story: Story, page: Page) -> None:
    """What decides how soon /docs is there: requests and bytes, the second time almost none."""
    loaded = """
        (() => {
            const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
            return [all.length, all.reduce((sum, each) => sum + each.transferSize, 0)];
        })()
    """
    for most_requests, most_bytes in ((8, 600_000), (8, 20_000)):
        await go(page, f"{story.run['api']}/docs")
        await page.until("document.querySelector('.opblock-tag')", PATIENCE)
        requests, size = await page.run(loaded)
        assert requests <= most_requests
        assert size <= most_bytes
    assert page.errors == []
