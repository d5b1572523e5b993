"""Attachments of a lesson for those who may open it: listed, and downloaded through the door of media."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from coursify.core.http import MaybeSignedIn, Router, StreamRouter, WithDatabase, failures, reply
from coursify.core.http.downloads import download_headers
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import AttachmentNotFound
from coursify.modules.courses.queries import attachments
from coursify.modules.courses.schemas.media import AttachmentOut
from coursify.modules.enrollments.errors import AccessClosed, LessonNotInCourse, NotEnrolled
from coursify.modules.enrollments.services.open_attachment import open_attachment
from coursify.modules.enrollments.services.open_lesson import open_lesson
from coursify.modules.media.errors import AssetNotFound
from coursify.modules.media.guards import WithStore
from coursify.modules.media.services.open_file import open_file
from coursify.modules.media.store import StoreUnavailable

router = Router(tag="enrollments")
stream_router = StreamRouter(tag="enrollments", prefix="/media")

RULE = "learners, its instructor, admins; a preview: anyone"


@router.get(
    "/courses/{course_id}/lessons/{lesson_id}/attachments",
    operation_id="list_attachments",
    policy=Policy(Who.ANYONE, rule=RULE, rate="read"),
    response_model=Envelope[list[AttachmentOut]],
    responses=failures(LessonNotInCourse, NotEnrolled, AccessClosed),
)
async def get_attachments(course_id: UUID, lesson_id: UUID, caller: MaybeSignedIn, database: WithDatabase) -> Response:
    """The files of a lesson, in the order in which they were added."""
    now = await database.now()
    async with database.read() as db:
        await open_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id, now=now)
        rows = await attachments.list_attachments(db, lesson_id)
    return reply([AttachmentOut.of(row, course_id) for row in rows], "Attachments.")


@stream_router.get(
    "/courses/{course_id}/lessons/{lesson_id}/attachments/{attachment_id}",
    operation_id="download_attachment",
    policy=Policy(Who.ANYONE, rule=RULE, rate="read"),
    response_model=None,
    response_class=Response,
    responses=failures(
        LessonNotInCourse, NotEnrolled, AccessClosed, AttachmentNotFound, AssetNotFound, StoreUnavailable
    )
    | {200: {"description": "The file", "content": {"*/*": {"schema": {"type": "string"}}}}},
)
async def get_attachment(
    course_id: UUID,
    lesson_id: UUID,
    attachment_id: UUID,
    caller: MaybeSignedIn,
    database: WithDatabase,
    store: WithStore,
) -> Response:
    """Download a file. Access is checked at each request."""
    ids = {"course_id": course_id, "lesson_id": lesson_id, "attachment_id": attachment_id}
    found = await open_attachment(database, caller=caller, **ids)
    chunks = await open_file(store, path=found.original)
    headers = download_headers(found.filename, found.size_bytes)
    return StreamingResponse(chunks, headers=headers, media_type=found.content_type)
