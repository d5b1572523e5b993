"""Short videos in the first lessons of the most learned courses, which a visitor of the demo sees first.

They are uploaded while the school is seeded; the worker transcodes them after the start, so that nobody waits for them.
"""

from __future__ import annotations

import asyncio
import shutil
from uuid import UUID

from coursify.core.uploaded_file import UploadedFile
from coursify.modules.courses.services.store_video import store_video
from coursify.modules.media.ffmpeg.binary import find_ffmpeg
from coursify.resources import Resources
from coursify_sandbox.draw_video import draw_video
from coursify_sandbox.seed import queries
from coursify_sandbox.seed.school import caller_for

SECONDS = 20
COURSES = 12


async def add_short_videos(resources: Resources, *, but: UUID) -> None:
    """Not in the course `but`, which has a video. Without ffmpeg there are none."""
    media = resources.settings.media
    ffmpeg = find_ffmpeg(media.ffmpeg_path)
    if ffmpeg is None:
        return
    folder = media.media_scratch_folder / "short"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        drawn = folder / "drawn.mp4"
        await asyncio.to_thread(draw_video, ffmpeg, drawn, seconds=SECONDS)
        async with resources.database.transaction() as (db, now):
            found = await queries.list_first_lessons(db, limit=COURSES)
        for first in found:
            if first.course_id != but:
                # A stored file moves away.
                copy = folder / "lesson.mp4"
                await asyncio.to_thread(shutil.copy, drawn, copy)
                await store_video(
                    resources.database,
                    resources.media,
                    caller=caller_for(first.instructor_id, "instructor", now=now),
                    course_id=first.course_id,
                    lesson_id=first.lesson_id,
                    file=UploadedFile(copy, copy.name, "video/mp4", copy.stat().st_size),
                    limits=media,
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
