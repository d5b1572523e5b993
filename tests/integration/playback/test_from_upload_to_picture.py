"""An instructor uploads a film, the worker prepares it, a learner plays it: no test writes anything between."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from tests.support.classroom import Classroom
from tests.support.films import Studio, ffmpeg, mp4
from tests.support.player import Player
from tests.support.videos import CAPTIONS

from coursify.modules.media.hls import FIRST_TIMESTAMP
from coursify.worker import RunJobs

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PACKET = 188


async def test_what_was_uploaded_is_what_is_seen(
    studio: Studio, classroom: Classroom, player: Player, run_jobs: RunJobs, tmp_path: Path, scratch: Path
) -> None:
    await studio.upload(mp4(32))
    await run_jobs()
    captions = await studio.owner.call(
        "PUT", f"{studio.path}/video/captions/en", content=CAPTIONS, headers={"Content-Type": "text/vtt"}
    )
    assert captions.status_code == 200, captions.text
    assert (await studio.owner.post(f"/courses/{studio.course['id']}/submit")).status_code == 200
    admin, learner = await classroom.person("admin"), await classroom.person("student")
    assert (await admin.post(f"/admin/courses/{studio.course['id']}/approve")).status_code == 200
    await classroom.enroll(learner, studio.course)

    answer = await learner.post(f"{studio.path}/playback")
    assert answer.status_code == 201, answer.text
    playback = answer.json()["data"]
    assert (playback["type"], [found["language"] for found in playback["captions"]]) == ("hls", ["en"])
    assert (await player.bytes(playback["posterUrl"])).content[8:12] == b"WEBP"
    (film,) = (await player.play(playback)).values()
    assert len(film) % PACKET == 0
    assert set(film[::PACKET]) == {0x47}
    seen = await _look_at(film, tmp_path)
    assert float(re.findall(r"start: ([\d.]+)", seen)[0]) == pytest.approx(FIRST_TIMESTAMP / 90_000, abs=0.15)
    assert "Video: h264" in seen
    assert "Audio: aac" in seen
    assert re.search(r"time=00:00:3[12]", seen)


async def _look_at(film: bytes, folder: Path) -> str:
    """What ffmpeg says of a film while it decodes all of it."""
    path = folder / "film.ts"
    path.write_bytes(film)
    process = await asyncio.create_subprocess_exec(
        *(str(ffmpeg()), "-nostdin", "-i", str(path), "-f", "null", "-"), stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0
    return said.decode()
