"""Opening and ending playback, and finding out whom a viewer mark belongs to."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.http import Db, Router, SignedIn, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.enrollments.errors import AccessClosed, LessonNotInCourse, NotEnrolled
from coursify.modules.playback.errors import (
    LessonHasNoVideo,
    PlaybackNotFound,
    TooManyStreams,
    VideoNotReady,
    ViewerMarkNotFound,
)
from coursify.modules.playback.guards import WithPlayback, WithPlayer
from coursify.modules.playback.schemas import PlaybackOut, ViewerOut
from coursify.modules.playback.services.end_playback import end_playback
from coursify.modules.playback.services.open_playback import open_playback
from coursify.modules.playback.services.resolve_viewer_mark import resolve_viewer_mark

router = Router(tag="playback")

PRIVATE = {"Cache-Control": "private, no-store"}


@router.post(
    "/courses/{course_id}/lessons/{lesson_id}/playback",
    operation_id="open_playback",
    policy=Policy(Who.ANYONE, rule="learners, its instructor, admins; a preview: anyone", rate="playback"),
    response_model=Envelope[PlaybackOut],
    status_code=201,
    responses=failures(LessonNotInCourse, NotEnrolled, AccessClosed, LessonHasNoVideo, VideoNotReady, TooManyStreams),
)
async def post_playback(course_id: UUID, lesson_id: UUID, player: WithPlayer, resources: WithPlayback) -> Response:
    """Play the video of a lesson: an address for twelve hours, bound to the caller's sign-in."""
    place = {"course_id": course_id, "lesson_id": lesson_id}
    opened = await open_playback(
        resources.database, slots=resources.slots, player=player, **place, must_have_factor=resources.must_have_factor
    )
    base_url = resources.address_of(opened.session)
    return reply(PlaybackOut.of(opened, base_url=base_url), "Playback opened.", status=201, headers=PRIVATE)


@router.delete(
    "/playback/{playback_id}",
    operation_id="end_playback",
    policy=Policy(Who.SIGNED_IN, rule="whose playback it is"),
    response_model=Envelope[None],
    responses=failures(PlaybackNotFound),
)
async def delete_playback(playback_id: UUID, caller: SignedIn, resources: WithPlayback) -> Response:
    """End one of your playback sessions, on this device or another."""
    await end_playback(resources.database, slots=resources.slots, user_id=caller.user_id, playback_id=playback_id)
    return reply(None, "Playback ended.")


@router.get(
    "/admin/viewer-marks/{mark}",
    operation_id="resolve_viewer_mark",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=Envelope[ViewerOut],
    responses=failures(ViewerMarkNotFound),
)
async def get_viewer_mark(mark: str, caller: SignedIn, db: Db) -> Response:
    """Who played the video in which this mark was seen, in the last 30 days. The audit log has the search."""
    viewer = await resolve_viewer_mark(db, caller=caller, mark=mark)
    return reply(ViewerOut.of(viewer), "Viewer.", headers=PRIVATE)
