"""Chromium plays a lesson from the demo page: over real HTTP, from another origin, with real H.264 in MPEG-TS."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import imageio_ffmpeg
import pytest
from tests.house.sources import ROOT
from tests.support.chromium import Page
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.system import System
from tests.support.videos import Videos

from coursify.core.database import Connection
from coursify.resources import Resources

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]

SECONDS = 150
CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:02:20.000\nThe words of the lesson\n"


@dataclass
class Stage:
    page: Page
    demo: str
    buyer: Person
    payment: dict[str, Any]
    lesson_id: str


@pytest.fixture(scope="session")
def segments(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """150 seconds of a test picture with a tone, as clear six-second segments."""
    folder = tmp_path_factory.mktemp("segments")
    subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(),
            *(
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=320x180:rate=10",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440",
            ),
            *("-t", str(SECONDS), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
            *("-force_key_frames", "expr:gte(t,n_forced*6)", "-c:a", "aac", "-ar", "44100", "-f", "segment"),
            *("-segment_time", "6", "-segment_format", "mpegts", str(folder / "%05d.ts")),
        ],
        check=True,
    )
    return [path.read_bytes() for path in sorted(folder.glob("*.ts"))]


@pytest.fixture
def demo(system: System, demo_port: int, tmp_path: Path) -> Iterator[str]:
    """The demo at an origin of its own, as a front-end developer begins with it."""
    pages = shutil.copytree(ROOT / "demo", tmp_path / "demo")
    (pages / "config.json").write_text(json.dumps({"api": system.url}))
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(pages), str(demo_port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield f"http://127.0.0.1:{demo_port}/player.html"
    process.terminate()
    process.wait(10)


@pytest.fixture
async def stage(
    classroom: Classroom,
    shop: Shop,
    db: Connection,
    resources: Resources,
    segments: list[bytes],
    demo: str,
    tab: Page,
) -> AsyncIterator[Stage]:
    """A buyer of a course with one video, and a browser."""
    teacher, buyer = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher)
    ((lesson_id,),) = await classroom.rows("UPDATE lessons SET duration_seconds = %s RETURNING id::text", SECONDS)
    await Videos(db, resources).hls(teacher.id, lesson_id, clear={"180p": segments}, captions=CAPTIONS)
    payment = await shop.buy(buyer, course["id"])
    yield Stage(tab, demo, buyer, payment, lesson_id)
    assert tab.requests
    assert set(tab.requests) <= {"127.0.0.1", "data", "blob"}


async def sign_in_and_play(stage: Stage) -> None:
    page = stage.page
    await page.open(stage.demo)
    await page.until("document.body?.dataset.state === 'ready'", 20)
    number = stage.buyer.name.removeprefix("Student Number")
    await page.run(
        f"""
        document.querySelector('[name=email]').value = 'student{number}@example.com';
        document.querySelector('[name=password]').value = 'a-long-one-{number}!';
        document.querySelector('#sign-in').requestSubmit();
        """
    )
    await page.until(f"document.querySelector('[data-lesson=\"{stage.lesson_id}\"]')", 20)
    await page.run(f"document.querySelector('[data-lesson=\"{stage.lesson_id}\"]').click()")
    await page.until("document.body.dataset.state === 'playing'", 20)


async def test_a_lesson_without_a_video_of_ours_says_so_and_leaves_the_screen(
    stage: Stage, classroom: Classroom
) -> None:
    page = stage.page
    await page.open(stage.demo)
    await page.until("document.body?.dataset.state === 'ready'", 20)
    number = stage.buyer.name.removeprefix("Student Number")
    sign_in = f"""
        document.querySelector('[name=email]').value = 'student{number}@example.com';
        document.querySelector('[name=password]').value = 'PASSWORD';
        document.querySelector('#sign-in').requestSubmit();
        """
    await page.run(sign_in.replace("PASSWORD", "not-the-password"))
    await page.until("document.querySelector('#message').textContent", 20)
    await page.run(sign_in.replace("PASSWORD", f"a-long-one-{number}!"))
    lesson = f"document.querySelector('[data-lesson=\"{stage.lesson_id}\"]')"
    await page.until(lesson, 20)
    assert not await page.run("document.querySelector('#message').textContent")
    await page.run(f"{lesson}.click()")
    await page.until("document.querySelector('video').currentTime > 1", 30)
    assert await page.run("document.querySelector('video').textTracks[0].label") == "English"
    assert not [error for error in page.errors if "Content Security Policy" in error or "404" in error]
    await classroom.rows("DELETE FROM lesson_videos RETURNING 1")
    await page.run(f"{lesson}.click()")
    await page.until("document.querySelector('#message').textContent.includes('without a video')", 20)
    assert await page.run("document.querySelector('#screen').hidden")
    assert await page.run("document.body.dataset.state") == "ready"
    assert not await page.run("document.querySelector('#mark').textContent")
    await classroom.rows("UPDATE lessons SET external_video_url = 'https://vimeo.com/76979871' RETURNING 1")
    await page.run(f"{lesson}.click()")
    await page.until("!document.querySelector('#external').hidden", 20)
    assert await page.run("document.querySelector('#external a').href") == "https://vimeo.com/76979871"


async def test_after_the_session_has_ended_the_player_asks_to_sign_in_again(stage: Stage) -> None:
    page = stage.page
    await sign_in_and_play(stage)
    await page.until("document.querySelector('video').currentTime > 1", 30)
    assert (await stage.buyer.post("/users/logout-all")).status_code == 200
    await page.run("document.querySelector('video').currentTime = 100")
    await page.until("!document.querySelector('#sign-in').hidden", 40)
    assert await page.run("document.body.dataset.state") == "stopped"
    assert "signed out" in await page.run("document.querySelector('#message').textContent")
    assert not await page.run("document.querySelectorAll('#lessons li').length")


async def seek(page: Page, seconds: float) -> None:
    await page.run(f"document.querySelector('video').currentTime = {seconds}")
    await page.until(f"document.querySelector('video').currentTime > {seconds} + 1", 30)


async def test_a_learner_plays_seeks_and_resumes_where_they_stopped(stage: Stage, classroom: Classroom) -> None:
    page = stage.page
    await sign_in_and_play(stage)
    await page.until("document.querySelector('video').currentTime > 3", 30)
    ((mark,),) = await classroom.rows("SELECT viewer_mark FROM playback_sessions")
    assert (await page.run("document.querySelector('#mark').textContent")).replace("-", "") == mark
    await page.until("[...document.querySelector('video').textTracks].some(track => track.activeCues?.length)", 20)
    cues = "[...document.querySelector('video').textTracks].flatMap(track => [...(track.activeCues ?? [])])"
    assert "The words of the lesson" in await page.run(f"{cues}.map(cue => cue.text).join()")
    assert await page.run(f"{cues}[0].startTime") == pytest.approx(1.0, abs=0.2)
    ahead = await page.run(
        "document.querySelector('video').buffered.end(0) - document.querySelector('video').currentTime"
    )
    assert ahead < 32
    await seek(page, 100)
    await page.run("document.querySelector('video').pause()")
    await asyncio.sleep(1)
    ((position,),) = await classroom.rows("SELECT position_seconds FROM lesson_progress")
    assert 100 <= position < 110
    await sign_in_and_play(stage)
    await page.until("document.querySelector('video').currentTime >= 100", 30)
    # The page that was left has ended its session.
    assert len(await classroom.rows("SELECT 1 FROM playback_sessions WHERE ended_at IS NULL")) == 1


async def test_after_a_refund_no_key_is_given_and_the_player_stops(
    stage: Stage, classroom: Classroom, shop: Shop
) -> None:
    page = stage.page
    await sign_in_and_play(stage)
    await page.until("document.querySelector('video').currentTime > 3", 30)
    addresses = "performance.getEntriesByType('resource').map(entry => entry.name)"
    key = await page.run(f"{addresses}.find(name => name.includes('/keys/'))")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert len((await client.get(key)).content) == 16
        assert (await shop.refund(await classroom.person("admin"), stage.payment["id"])).status_code == 202
        await shop.settle()
        refunded_at = time.monotonic()
        assert (await client.get(key)).status_code == 403
        assert (await client.get(urljoin(key, "../index.m3u8"))).status_code == 403
    assert time.monotonic() - refunded_at < 1
    stopped_after = await page.until("document.body.dataset.state === 'stopped'", 60)
    assert await page.run("document.querySelector('video').paused")
    assert "Playback has ended" in await page.run("document.querySelector('#message').textContent")
    sys.stderr.write(f"the player stopped {stopped_after:.0f} s after the refund\n")
