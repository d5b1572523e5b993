"""The sample video: 150 seconds of a test picture with captions, in the newest course of the sample student.

ffmpeg draws it while the school is seeded, and it takes the path of every upload. It costs about eight seconds of CPU.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from coursify.core.pagination import Window
from coursify.core.settings import MediaSettings
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.courses.queries import courses, lessons
from coursify.modules.courses.services.attach_video import attach_video
from coursify.modules.courses.services.put_captions import put_captions
from coursify.modules.courses.services.store_video import store_video
from coursify.modules.enrollments.queries import enrollments
from coursify.modules.media.ffmpeg.binary import find_ffmpeg
from coursify.modules.media.services.transcode_video import transcode_video
from coursify.resources import Resources
from coursify_sandbox.draw_video import draw_video
from coursify_sandbox.seed.school import caller_for

SECONDS = 150
# A caption every ten seconds.
CAPTION_SECONDS = 10
LANGUAGE = "en"


@asynccontextmanager
async def drawing_sample_video(media: MediaSettings) -> AsyncIterator[Awaitable[UploadedFile] | None]:
    """Draw the video in the background until the block ends; None without ffmpeg: then the school has no video."""
    ffmpeg = find_ffmpeg(media.ffmpeg_path)
    if ffmpeg is None:
        yield None
        return
    folder = media.media_scratch_folder / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    drawing = asyncio.create_task(_draw(ffmpeg, folder / "sample.mp4"))
    try:
        yield drawing
    finally:
        # ffmpeg runs in a thread, which cannot be canceled.
        await asyncio.gather(drawing, return_exceptions=True)
        shutil.rmtree(folder, ignore_errors=True)


async def _draw(ffmpeg: Path, path: Path) -> UploadedFile:
    await asyncio.to_thread(draw_video, ffmpeg, path, seconds=SECONDS)
    return UploadedFile(path, path.name, "video/mp4", path.stat().st_size)


async def add_sample_video(resources: Resources, file: UploadedFile, *, student_id: UUID) -> UUID:
    """Upload, transcode and attach the video, and add the captions. Returns the id of the course."""
    async with resources.database.transaction() as (db, now):
        newest = await enrollments.list_enrollments(db, user_id=student_id, now=now, window=Window(None, 1, 0))
        course = await courses.get_course(db, newest[0].course_id)
        first_lesson = (await lessons.list_lesson_ids(db, course.id))[0]
    caller = caller_for(course.instructor_id, "instructor", now=now)
    place = {"course_id": course.id, "lesson_id": first_lesson}
    video = await store_video(
        resources.database, resources.media, caller=caller, **place, file=file, limits=resources.settings.media
    )
    if video is None or video.newest_asset_id is None:
        raise AssertionError("store_video returns the video that it stored")
    await transcode_video(resources, asset_id=video.newest_asset_id)
    await attach_video(resources.database, asset_id=video.newest_asset_id)
    async with resources.database.transaction() as (db, now):
        await put_captions(db, caller=caller, **place, language=LANGUAGE, raw=write_captions().encode(), now=now)
    return course.id


def write_captions() -> str:
    """WebVTT that says how far the video is."""
    starts = range(0, SECONDS, CAPTION_SECONDS)
    cues = [
        f"{_time(start)} --> {_time(start + CAPTION_SECONDS)}\nThe sample video, at {start} seconds."
        for start in starts
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _time(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}.000"
