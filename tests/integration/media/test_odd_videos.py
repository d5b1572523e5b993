"""Videos that are valid but unusual, and videos of which a part is missing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.classroom import Person
from tests.support.films import Studio, ffmpeg, make, mp4

from coursify.modules.media.jobs import release_expired_uploads_job
from coursify.modules.media.services import complete_upload
from coursify.resources import Resources
from coursify.worker import RunJobs

X264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
# Runs ffmpeg on an endless source, as a job does, in a process that the test kills.
ENDLESS = """
import asyncio, sys
from pathlib import Path
from coursify.modules.media.ffmpeg.process import run_ffmpeg

arguments = ["-re", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=1", "-metadata", sys.argv[3], "-f", "null", "-"]
asyncio.run(run_ffmpeg(Path(sys.argv[1]), arguments, folder=Path(sys.argv[2]), seconds=60))
"""


@pytest.fixture
async def admin(studio: Studio) -> Person:
    return await studio.classroom.person("admin")


async def _final_video(studio: Studio, run_jobs: RunJobs) -> dict[str, object]:
    await run_jobs()
    video = await studio.video()
    assert video is not None
    return video


@pytest.mark.anyio
async def test_a_short_video_of_few_frames_is_played(studio: Studio, run_jobs: RunJobs) -> None:
    """Slides and screen recordings have few frames, and none with a key after the middle of the segment."""
    source = "testsrc=size=320x180:rate=5:duration=3"
    await studio.upload(make("-f", "lavfi", "-i", source, *X264, extension="mp4"))
    assert (await _final_video(studio, run_jobs))["status"] == "ready"


@pytest.mark.anyio
async def test_a_picture_that_ends_long_before_the_sound_is_rejected(studio: Studio, run_jobs: RunJobs) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=5")
    film = make(*picture, "-f", "lavfi", "-i", "sine=duration=40", *X264, "-c:a", "aac", extension="mp4")
    await studio.upload(film)
    video = await _final_video(studio, run_jobs)
    assert video["status"] == "rejected"
    assert str(video["reason"]).startswith("The picture ends after 5 seconds, but the file says 40.")


@pytest.mark.anyio
async def test_a_video_of_which_half_is_missing_is_rejected(studio: Studio, run_jobs: RunJobs) -> None:
    source = "testsrc2=size=320x180:rate=10:duration=20"
    film = make("-f", "lavfi", "-i", source, *X264, "-movflags", "+faststart", extension="mp4")
    await studio.upload(film[: len(film) // 2])
    video = await _final_video(studio, run_jobs)
    assert video["status"] == "rejected"
    assert "the file says 20" in str(video["reason"])


@pytest.mark.anyio
async def test_a_suspended_instructor_finishes_no_upload(studio: Studio, admin: Person, run_jobs: RunJobs) -> None:
    film = mp4()
    path = await studio.begin(len(film))
    await admin.put(f"/admin/users/{studio.owner.id}", {"status": "suspended"})
    assert (await studio.send(path, 0, film)).status_code == 404
    await run_jobs()
    assert await studio.asset() == "uploading"


@pytest.mark.anyio
async def test_a_whole_upload_of_a_suspended_instructor_is_not_completed_by_the_hourly_job(
    studio: Studio, admin: Person, resources: Resources, monkeypatch: pytest.MonkeyPatch, clock_file: Path
) -> None:
    film = mp4()
    path = await studio.begin(len(film))

    async def crash(*_arguments: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(complete_upload, "_move_to_store", crash)
        await studio.send(path, 0, film)
    await admin.put(f"/admin/users/{studio.owner.id}", {"status": "suspended"})
    clock_file.write_text("90000")
    await release_expired_uploads_job(resources)
    assert await studio.asset() == "released"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux kills the children of a killed process")
def test_ffmpeg_ends_with_a_killed_worker(tmp_path: Path) -> None:
    mark = f"title={tmp_path}"
    with subprocess.Popen([sys.executable, "-c", ENDLESS, ffmpeg(), tmp_path, mark]) as worker:
        try:
            _wait(lambda: _processes(mark), "ffmpeg has not started")
        finally:
            worker.kill()
    _wait(lambda: not _processes(mark), "ffmpeg still runs")


def _processes(mark: str) -> list[str]:
    """The running ffmpeg processes whose arguments have the mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mark.encode() in arguments and b"-re" in arguments and state != "Z":
            found.append(process.name)
    return found


def _wait(condition: Callable[[], object], otherwise: str) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
