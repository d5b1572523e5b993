"""The sample school has one lesson with a real video and captions, in the newest course of its student."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from tests.support.classroom import Classroom
from tests.support.films import ffmpeg, files_below

from coursify.modules.media.webvtt import read_captions
from coursify.resources import Resources
from coursify.worker import RunJobs
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.seed import sample_video, short_videos

pytestmark = pytest.mark.anyio


@pytest.mark.slow
async def test_the_newest_course_of_the_student_has_a_video_with_captions(
    classroom: Classroom, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ffmpeg()
    monkeypatch.setattr(sample_video, "SECONDS", 7)
    owner, student = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(owner, price=0)
    enrolled = await student.post("/enrollments", {"courseId": course["id"]})
    assert enrolled.status_code == 201, enrolled.text
    async with sample_video.drawing_sample_video(resources.settings.media) as drawing:
        assert drawing is not None
        await sample_video.add_sample_video(resources, await drawing, student_id=student.id)
    lesson = (await student.get(f"/courses/{course['id']}")).json()["data"]["lessons"][0]
    playback = await student.post(f"/courses/{course['id']}/lessons/{lesson['id']}/playback")
    assert playback.status_code == 201, playback.text
    assert playback.json()["data"]["type"] == "hls"
    assert [captions["language"] for captions in playback.json()["data"]["captions"]] == ["en"]
    assert lesson["durationSeconds"] == 7


@pytest.mark.slow
async def test_the_most_learned_courses_get_a_video_that_the_worker_transcodes(
    classroom: Classroom, resources: Resources, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_videos, "SECONDS", 1)
    owner, student = await classroom.person("instructor"), await classroom.person("student")
    filmed, other = await classroom.published(owner, price=0), await classroom.published(owner, price=0)
    await short_videos.add_short_videos(resources, but=UUID(filmed["id"]))
    await run_jobs()
    addresses = {}
    for course in (filmed, other):
        await student.post("/enrollments", {"courseId": course["id"]})
        lesson = (await student.get(f"/courses/{course['id']}")).json()["data"]["lessons"][0]
        path = f"/courses/{course['id']}/lessons/{lesson['id']}"
        addresses[course["id"]] = (await student.get(path)).json()["data"]["videoUrl"]
    assert addresses[filmed["id"]] is None
    assert addresses[other["id"]].endswith("/playback")


async def test_without_ffmpeg_the_school_has_no_video(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_video, "find_ffmpeg", lambda _configured: None)
    async with sample_video.drawing_sample_video(resources.settings.media) as drawing:
        assert drawing is None


async def test_a_drawing_that_nobody_uses_leaves_no_file(
    resources: Resources, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_video, "SECONDS", 1)
    with pytest.raises(SandboxError):
        async with sample_video.drawing_sample_video(resources.settings.media):
            raise SandboxError("The Stripe stand-in did not import the sample payments")
    assert files_below(scratch) == []


async def test_captions_of_the_sample_are_valid() -> None:
    assert read_captions(sample_video.write_captions().encode()).count("-->") == 15
