"""A video is ready: its lesson plays it from now on, and has its length."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.courses.queries import counters, courses, lessons, videos
from coursify.modules.media.queries import assets
from coursify.modules.media.services.release_asset import release_asset


async def attach_video(database: Database, *, asset_id: UUID) -> None:
    """May run twice. The video that was played before is released; so is one whose lesson is gone."""
    async with database.transaction() as (db, now):
        place = await videos.find_video_place(db, asset_id)
        if place is None:
            return
        await courses.lock_course(db, place.course_id)
        asset = await assets.find_asset(db, asset_id)
        before = await videos.find_lesson_video(db, place.lesson_id)
        if asset is None or not asset.is_ready or before is None or before.next_asset_id != asset_id:
            return
        await videos.play_arriving_video(db, lesson_id=place.lesson_id, asset_id=asset_id)
        await release_asset(db, before.asset_id, now=now)
        if asset.duration_seconds is not None:
            await lessons.set_lesson_duration(db, place.lesson_id, duration_seconds=asset.duration_seconds, now=now)
            await counters.refresh_lesson_totals(db, place.course_id)
