"""What goes wrong while a video is transcoded: its state stays honest, and another attempt succeeds."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.support.films import Studio, files_below, mp4

from coursify.core.settings import Settings
from coursify.modules.media.ffmpeg import process
from coursify.modules.media.ffmpeg.process import Interrupted
from coursify.modules.media.services import transcode_video as transcoding
from coursify.modules.media.services.transcode_video import transcode_video
from coursify.modules.media.store import StoreUnavailable
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

Transcode = Callable[[], Awaitable[None]]


@pytest.fixture
async def transcode(studio: Studio, resources: Resources) -> Transcode:
    """One attempt at the video that was uploaded; the queue's own job stays for later."""
    await studio.upload(mp4(3))
    asset_id: UUID = await studio.asset("id")
    return lambda: transcode_video(resources, asset_id=asset_id)


def stored(settings: Settings) -> list[str]:
    assert settings.media.media_folder
    return files_below(settings.media.media_folder)


async def _is_ready_after_the_next_attempt(studio: Studio, settings: Settings, run_jobs: RunJobs) -> None:
    assert await studio.asset() == "processing"
    assert await studio.classroom.rows("SELECT count(*) FROM renditions") == [(0,)]
    await run_jobs()
    assert await studio.asset() == "ready"
    path, folder = await studio.asset("path"), await studio.asset("hls_folder")
    names = [name.split("/")[1] for name in stored(settings) if name.startswith(path)]
    assert {name for name in names if name.startswith("hls-")} == {folder}


async def test_a_killed_ffmpeg_is_tried_again(
    studio: Studio, transcode: Transcode, settings: Settings, run_jobs: RunJobs, monkeypatch: Any, scratch: Path
) -> None:
    limit = process._limit

    def kill(pid: int, seconds: float) -> None:
        limit(pid, seconds)
        os.kill(pid, signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(process, "_limit", kill)
        with pytest.raises(Interrupted):
            await transcode()
    assert files_below(scratch) == []
    await _is_ready_after_the_next_attempt(studio, settings, run_jobs)


async def test_a_canceled_job_kills_ffmpeg_and_is_tried_again(
    studio: Studio, transcode: Transcode, settings: Settings, run_jobs: RunJobs, monkeypatch: Any, scratch: Path
) -> None:
    limit, pids = process._limit, []

    def note(pid: int, seconds: float) -> None:
        limit(pid, seconds)
        os.kill(pid, signal.SIGSTOP)
        pids.append(pid)

    with monkeypatch.context() as patch:
        patch.setattr(process, "_limit", note)
        running = asyncio.create_task(transcode())  # type: ignore[arg-type]  # a coroutine
        while not pids:  # noqa: ASYNC110  # ffmpeg is another process
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
    assert files_below(scratch) == []
    await _is_ready_after_the_next_attempt(studio, settings, run_jobs)


async def test_a_store_that_is_down_is_asked_again(
    studio: Studio,
    transcode: Transcode,
    resources: Resources,
    settings: Settings,
    run_jobs: RunJobs,
    monkeypatch: Any,
    scratch: Path,
) -> None:
    put = resources.media.put
    written: list[str] = []

    async def fail(path: str, source: Any, *, content_type: str) -> None:
        if written:
            raise StoreUnavailable("no route to host")
        written.append(path)
        await put(path, source, content_type=content_type)

    with monkeypatch.context() as patch:
        patch.setattr(resources.media, "put", fail)
        with pytest.raises(StoreUnavailable):
            await transcode()
    assert written[0] in stored(settings)
    await _is_ready_after_the_next_attempt(studio, settings, run_jobs)
    assert written[0] not in stored(settings)


async def test_a_full_disk_is_tried_again(
    studio: Studio, transcode: Transcode, settings: Settings, run_jobs: RunJobs, monkeypatch: Any, scratch: Path
) -> None:
    async def full(*_arguments: Any, **_named: Any) -> process.Finished:
        return process.Finished(228, "av_interleaved_write_frame(): No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("coursify.modules.media.ffmpeg.encode.run_ffmpeg", full)
        with pytest.raises(Interrupted):
            await transcode()
    await _is_ready_after_the_next_attempt(studio, settings, run_jobs)


async def test_the_last_attempt_rejects_with_a_reason_and_leaves_nothing(
    studio: Studio, transcode: Transcode, settings: Settings, run_jobs: RunJobs, monkeypatch: Any, scratch: Path
) -> None:
    async def killed(*_arguments: Any, **_named: Any) -> process.Finished:
        return process.Finished(-9, "")

    path = await studio.asset("path")
    with monkeypatch.context() as patch:
        patch.setattr("coursify.modules.media.ffmpeg.encode.run_ffmpeg", killed)
        await studio.classroom.db.execute("UPDATE assets SET attempts = %s", [transcoding.MAX_ATTEMPTS - 2])
        with pytest.raises(Interrupted):
            await transcode()
        await transcode()
    video = await studio.video()
    assert video is not None
    assert (video["status"], video["reason"]) == ("rejected", transcoding.GIVEN_UP)
    assert not any(name.startswith(path) for name in stored(settings))
    await studio.upload(mp4())
    await run_jobs()
    assert (await studio.video())["status"] == "ready"  # type: ignore[index]


async def test_what_takes_too_long_is_rejected(
    studio: Studio, transcode: Transcode, resources: Resources, monkeypatch: Any, scratch: Path
) -> None:
    async def slow(*_arguments: Any, **_named: Any) -> process.Finished:
        raise process.TooSlow

    monkeypatch.setattr("coursify.modules.media.ffmpeg.encode.run_ffmpeg", slow)
    await transcode()
    assert (await studio.video())["reason"] == transcoding.TOO_SLOW  # type: ignore[index]


async def test_two_attempts_at_once_publish_one(
    studio: Studio, transcode: Transcode, settings: Settings, run_jobs: RunJobs
) -> None:
    results = await asyncio.gather(transcode(), transcode(), return_exceptions=True)
    assert await studio.asset() in {"ready", "processing"}, results
    await run_jobs()
    assert await studio.asset() == "ready"
    path, folder = await studio.asset("path"), await studio.asset("hls_folder")
    segments = [name for name in stored(settings) if name.startswith(f"{path}/hls-")]
    assert segments
    assert {name.split("/")[1] for name in segments} == {folder}
    assert await studio.classroom.rows("SELECT count(*) FROM renditions") == [(1,)]


async def test_a_video_that_is_deleted_while_it_is_transcoded_leaves_nothing(
    studio: Studio, transcode: Transcode, settings: Settings, run_jobs: RunJobs, monkeypatch: Any, scratch: Path
) -> None:
    path = await studio.asset("path")
    draw = transcoding.draw_poster

    async def delete_meanwhile(*arguments: Any, **named: Any) -> Path:
        await studio.owner.delete(f"{studio.path}/video")
        return await draw(*arguments, **named)

    monkeypatch.setattr(transcoding, "draw_poster", delete_meanwhile)
    await transcode()
    await run_jobs()
    assert not any(name.startswith(path) for name in stored(settings))
    assert await studio.asset() is None


async def test_without_ffmpeg_the_file_is_served_as_it_is(
    studio: Studio, transcode: Transcode, run_jobs: RunJobs, resources: Resources, monkeypatch: Any
) -> None:
    changed = resources.settings.media.model_copy(update={"ffmpeg_path": Path("/nowhere/ffmpeg")})
    without = dataclasses.replace(resources, settings=dataclasses.replace(resources.settings, media=changed))
    await transcode_video(without, asset_id=await studio.asset("id"))
    assert (await studio.asset(), await studio.asset("hls_folder")) == ("ready", None)
    await run_jobs()
    lesson = await studio.shown()
    assert lesson["videoUrl"] is not None
    assert lesson["video"]["durationSeconds"] is None
    assert lesson["durationSeconds"] == 60
