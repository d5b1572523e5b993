"""The pages of instructors in Chromium: a course with a picture and a video by keyboard, and how each page looks."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support import films
from tests.support.chromium import Page
from tests.support.classroom import Classroom
from tests.support.desks import TeacherDesk
from tests.support.hostile_school import HOSTILE
from tests.support.looking import assert_accessible, go, press, tab_to
from tests.support.page_addresses import addresses_of_pages
from tests.support.pictures import picture
from tests.support.shop import Shop
from tests.support.statistics import refresh
from tests.support.system import System
from tests.support.videos import Videos

from coursify.core.database import Connection
from coursify.resources import Resources

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]
WORDS = "A hive has combs.\n\nBees build them."


@pytest.fixture
async def desk(classroom: Classroom, system: System, tab: Page) -> AsyncIterator[TeacherDesk]:
    teacher = await classroom.person("instructor")
    yield TeacherDesk(tab, system.url, teacher)
    assert set(tab.requests) <= {"127.0.0.1", "data"}


async def test_an_instructor_writes_and_submits_a_course_by_keyboard(
    worker: System, desk: TeacherDesk, classroom: Classroom, tmp_path: Path
) -> None:
    film, cover = tmp_path / "bees.mp4", tmp_path / "bees.png"
    film.write_bytes(films.mp4(2))
    cover.write_bytes(picture(width=640, height=360))
    page = desk.page
    await desk.sign_in()
    await desk.press("New course", "location.pathname === '/teach/courses/new'")
    await desk.type("Title", "Bees for beginners")
    await desk.type("Description", WORDS)
    await desk.type("Price", "49.90")
    await desk.press("Create the draft", "/courses.[0-9a-f-]{36}$/.test(location.pathname)")
    assert await desk.shows("Add a lesson.")
    await desk.type("Title of the new lesson", "The hive")
    await desk.enter("location.pathname.includes('/lessons/')")
    await desk.type("Text", WORDS)
    await desk.press("Save", "document.querySelector('.notice')")
    await desk.choose("MP4 or WebM", film)
    await desk.press("Upload the video", "document.querySelector('#video-state').dataset.state !== 'none'")
    # Without another key: the page follows the worker by itself.
    await page.until("document.querySelector('#video-state').dataset.state === 'ready'", 120)
    await page.until("document.querySelector('[data-announce]').textContent.includes('ready')", 5)
    await desk.press("← Bees for beginners", "location.pathname.endsWith('lessons') === false")
    await desk.choose("PNG, JPEG or WebP", cover)
    await desk.type("What is to be seen", "A bee on a comb")
    await desk.press("Save the picture", "document.querySelector('img.cover')?.naturalWidth > 0")
    await desk.type("Title of the new lesson", "The queen")
    await desk.enter("location.pathname.includes('/lessons/')")
    await desk.type("Text", WORDS)
    await desk.press("Save", "document.querySelector('.notice')")
    await desk.press("← Bees for beginners", "document.querySelectorAll('.outline li').length === 2")
    await desk.press("↑", "location.hash.startsWith('#up-')")
    assert await page.run("document.querySelector('.outline a').innerText") == "The queen"
    assert await page.run("document.activeElement.ariaLabel") == "Move “The queen” up", "the focus stays"
    await press(page, "Tab")
    await desk.enter("location.hash.startsWith('#down-')")
    assert await page.run("document.querySelector('.outline a').innerText") == "The hive"
    await desk.press("Submit for approval", "document.body.innerText.includes('Waiting for approval')")
    stored = await classroom.rows("SELECT status, price_minor, image_alt_text, duration_seconds FROM courses")
    assert stored == [("pending", 4990, "A bee on a comb", 2)]
    assert page.errors == []


async def test_an_upload_is_stopped_and_goes_on_after_the_window_was_closed_and_the_connection_broke(
    desk: TeacherDesk, classroom: Classroom, tmp_path: Path
) -> None:
    film, page = tmp_path / "bees.mp4", desk.page
    film.write_bytes(long_film(megabytes=22))
    course = await classroom.draft(desk.teacher)
    lesson = await classroom.lesson(desk.teacher, course)
    place = f"{desk.url}/teach/courses/{course['id']}/lessons/{lesson['id']}"
    await desk.sign_in()
    await go(page, place)
    await slow_down(page, megabytes=6)
    await begin_upload(desk, film)
    await page.until("document.querySelector('.sending progress').value > 40", 60)
    await tab_to(page, "Stop")
    await press(page, "Enter")
    await page.until("document.querySelector('[role=alert]')", 10)
    shown = await page.run("document.querySelector('[role=alert]').innerText")
    assert shown == "Stopped. Choose the same file again to go on."

    await go(page, place)
    assert await desk.shows("Choose the same file again to go on.")
    await begin_upload(desk, film)
    await page.until("document.querySelector('.sending progress').value > 0", 30)
    assert await page.run("document.querySelector('.sending progress').value") > 36, "not from the beginning"
    await slow_down(page, megabytes=6, is_offline=True)
    await page.until("true", 1)
    await slow_down(page, megabytes=0)
    await page.until("document.querySelector('#video-state')?.dataset.state === 'processing'", 60)
    assert len(await classroom.rows("SELECT id FROM assets")) == 1, "both times the same upload"
    assert [error for error in page.errors if "ERR_INTERNET_DISCONNECTED" not in error] == []


def long_film(*, megabytes: int) -> bytes:
    """A film with bytes behind it that no player reads."""
    size = megabytes * 1024 * 1024
    return films.mp4(1) + size.to_bytes(4) + b"free" + bytes(size - 8)


async def slow_down(page: Page, *, megabytes: int, is_offline: bool = False) -> None:
    """So much is sent in a second; 0 takes the limit away."""
    speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": megabytes * 1024 * 1024 or -1}
    await page.call("Network.emulateNetworkConditions", offline=is_offline, **speed)


async def begin_upload(desk: TeacherDesk, film: Path) -> None:
    await desk.choose("MP4 or WebM", film)
    await tab_to(desk.page, "Upload the video")
    await press(desk.page, "Enter")


async def test_every_page_of_an_instructor_is_accessible(
    desk: TeacherDesk, classroom: Classroom, shop: Shop, db: Connection, resources: Resources
) -> None:
    await desk.sign_in()
    await go(desk.page, f"{desk.url}/teach")
    await assert_accessible(desk.page)
    for path in await taught(desk, classroom, shop, Videos(db, resources), resources):
        await go(desk.page, desk.url + path)
        assert await desk.page.run("!document.querySelector('.error-status')"), path
        assert await desk.page.run("!document.querySelector('main img[src=x]')"), path
        await desk.page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
        await assert_accessible(desk.page)


async def taught(
    desk: TeacherDesk, classroom: Classroom, shop: Shop, videos: Videos, resources: Resources
) -> list[str]:
    """Every page with something on it, and something hostile where people write."""
    teacher, learner = desk.teacher, await classroom.person("student")
    sold = await classroom.published(teacher, title=f"Bees {HOSTILE}", subtitle="How they live and work")
    draft = await classroom.draft(teacher, title="Ants, from egg to anthill")
    lessons = [
        await classroom.lesson(teacher, draft, title=title) for title in ("The egg", f"The queen {HOSTILE}", "Trails")
    ]
    await classroom.curriculum(teacher, draft, ("Beginnings", [lessons[0]["id"]]), ("Life", [lessons[2]["id"]]))
    await videos.processing(teacher.id, lessons[2]["id"])
    await videos.hls(teacher.id, lessons[0]["id"], captions="WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    rejected = await classroom.pending(teacher, title="Wasps")
    admin = await classroom.person("admin")
    await admin.post(f"/admin/courses/{rejected['id']}/reject", {"reason": f"The sound is too low. {HOSTILE}"})
    await shop.buy(learner, sold["id"])
    await learner.post(f"/courses/{sold['id']}/reviews", {"rating": 4, "comment": f"I liked it. {HOSTILE}"})
    await refresh(resources)
    examples = {
        "course_id": [course["id"] for course in (draft, rejected, sold)],
        "lesson_id": [lesson["id"] for lesson in lessons],
    }
    # A lesson is looked at in its own course; the state of a video is a part of its page.
    paths = [
        *addresses_of_pages("teach", examples, without=frozenset({"lesson_id"})),
        *addresses_of_pages("teach", examples | {"course_id": [draft["id"]]}),
        *("/teach/courses?status=published", "/teach/reviews?show=unanswered"),
    ]
    return list(dict.fromkeys(path for path in paths if not path.endswith("/video")))
