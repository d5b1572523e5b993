"""Attachments of a lesson in the hands of its author. What learners download is an operation of enrollments."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from coursify.core.errors import FormRequired, MalformedForm
from coursify.core.http import Db, Now, Router, SignedIn, StreamRouter, WithDatabase, failures, reply
from coursify.core.http.multipart import read_form
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import (
    AttachmentNotFound,
    CourseNotFound,
    LessonNotFound,
    NotYourCourse,
    TooManyAttachments,
)
from coursify.modules.courses.guards import FORM, OWNER
from coursify.modules.courses.models.media import OwnLesson
from coursify.modules.courses.schemas.media import AttachmentOut
from coursify.modules.courses.services.add_attachment import add_attachment
from coursify.modules.courses.services.delete_attachment import delete_attachment
from coursify.modules.courses.services.require_own_lesson import require_own_lesson
from coursify.modules.media.errors import StorageQuotaExceeded, TooManyUploads, WrongFileType
from coursify.modules.media.guards import LARGEST_FILE_FORM_BYTES, LARGEST_FORM_FILE, WithLimits, WithStore
from coursify.modules.media.store import StoreUnavailable

router = Router(tag="lessons")
stream_router = StreamRouter(tag="lessons")

NOT_YOURS = (NotYourCourse, CourseNotFound, LessonNotFound)


@stream_router.post(
    "/courses/{course_id}/lessons/{lesson_id}/attachments",
    operation_id="add_attachment",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=LARGEST_FILE_FORM_BYTES),
    response_model=Envelope[AttachmentOut],
    status_code=201,
    responses=failures(
        *NOT_YOURS,
        WrongFileType,
        TooManyAttachments,
        TooManyUploads,
        StorageQuotaExceeded,
        StoreUnavailable,
        MalformedForm,
        FormRequired,
    ),
    openapi_extra=FORM,
)
async def post_attachment(
    request: Request,
    course_id: UUID,
    lesson_id: UUID,
    caller: SignedIn,
    database: WithDatabase,
    store: WithStore,
    limits: WithLimits,
) -> Response:
    """Add a file to a lesson as the part `file` of a form. Those who may open the lesson download it."""
    place: OwnLesson = {"caller": caller, "course_id": course_id, "lesson_id": lesson_id}
    await require_own_lesson(database, **place)
    largest = min(limits.max_attachment_bytes, LARGEST_FORM_FILE)
    async with read_form(request, scratch=limits.media_scratch_folder, max_file_bytes=largest) as form:
        attachment = await add_attachment(database, store, **place, file=form.file, limits=limits)
    return reply(AttachmentOut.of(attachment, course_id), "Attachment added.", status=201)


@router.delete(
    "/courses/{course_id}/lessons/{lesson_id}/attachments/{attachment_id}",
    operation_id="delete_attachment",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER),
    response_model=Envelope[None],
    responses=failures(*NOT_YOURS, AttachmentNotFound),
)
async def remove_attachment(
    course_id: UUID, lesson_id: UUID, attachment_id: UUID, caller: SignedIn, db: Db, now: Now
) -> Response:
    """Remove a file from a lesson."""
    ids = {"course_id": course_id, "lesson_id": lesson_id, "attachment_id": attachment_id}
    await delete_attachment(db, caller=caller, **ids, now=now)
    return reply(None, "Attachment deleted.")
