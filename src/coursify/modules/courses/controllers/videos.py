"""The video of a lesson in the hands of its author: upload, captions, deletion. Learners play it (module playback)."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from coursify.core.errors import FormRequired, MalformedForm
from coursify.core.http import (
    Configuration,
    Db,
    Now,
    Router,
    SignedIn,
    StreamRouter,
    WithDatabase,
    failures,
    reply,
)
from coursify.core.http.multipart import read_form
from coursify.core.policy import KIB, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import (
    CaptionsNotFound,
    CaptionsTypeRequired,
    CourseNotFound,
    LessonEmpty,
    LessonNotFound,
    NotYourCourse,
    TooManyCaptions,
    VideoNotFound,
)
from coursify.modules.courses.guards import FORM, OWNER, VTT, CaptionsBody, LanguageTag
from coursify.modules.courses.models.media import OwnLesson
from coursify.modules.courses.schemas.incoming import VideoAnnouncement
from coursify.modules.courses.schemas.media import LessonVideoOut
from coursify.modules.courses.services.delete_captions import delete_captions
from coursify.modules.courses.services.delete_video import delete_video
from coursify.modules.courses.services.put_captions import put_captions
from coursify.modules.courses.services.require_own_lesson import require_own_lesson
from coursify.modules.courses.services.start_video_upload import start_video_upload
from coursify.modules.courses.services.store_video import store_video
from coursify.modules.media.errors import (
    CaptionsRefused,
    FileTooLarge,
    StorageQuotaExceeded,
    TooManyUploads,
    WrongFileType,
)
from coursify.modules.media.guards import LARGEST_FILE_FORM_BYTES, LARGEST_FORM_FILE, WithLimits, WithStore
from coursify.modules.media.schemas.uploads import UploadOut, door_of
from coursify.modules.media.store import StoreUnavailable

router = Router(tag="lessons")
stream_router = StreamRouter(tag="lessons")

NOT_YOURS = (NotYourCourse, CourseNotFound, LessonNotFound)
REFUSED = (WrongFileType, FileTooLarge, TooManyUploads, StorageQuotaExceeded, StoreUnavailable)


@router.post(
    "/courses/{course_id}/lessons/{lesson_id}/video/upload",
    operation_id="start_video_upload",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER),
    response_model=Envelope[UploadOut],
    status_code=201,
    responses=failures(*NOT_YOURS, *REFUSED),
)
async def post_upload(
    course_id: UUID,
    lesson_id: UUID,
    body: VideoAnnouncement,
    caller: SignedIn,
    database: WithDatabase,
    store: WithStore,
    settings: Configuration,
) -> Response:
    """Begin the upload of a video. The one that learners play now goes on until the new one is ready."""
    place = {"course_id": course_id, "lesson_id": lesson_id}
    transfer, page = await start_video_upload(
        database, store, caller=caller, **place, **body.fields(), limits=settings.media
    )
    shown = UploadOut.of(transfer, page, door=door_of(settings.app.public_url, transfer.token))
    return reply(shown, "Upload begun. Send the bytes within a day.", status=201)


@stream_router.post(
    "/courses/{course_id}/lessons/{lesson_id}/video",
    operation_id="upload_video",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=LARGEST_FILE_FORM_BYTES),
    response_model=Envelope[LessonVideoOut],
    status_code=202,
    responses=failures(*NOT_YOURS, *REFUSED, MalformedForm, FormRequired),
    openapi_extra=FORM,
)
async def post_video(
    request: Request,
    course_id: UUID,
    lesson_id: UUID,
    caller: SignedIn,
    database: WithDatabase,
    store: WithStore,
    limits: WithLimits,
) -> Response:
    """Upload a small video as the part `file` of a form, at most 200 MB. For larger ones begin an upload."""
    place: OwnLesson = {"caller": caller, "course_id": course_id, "lesson_id": lesson_id}
    await require_own_lesson(database, **place)
    largest = min(limits.max_video_bytes, LARGEST_FORM_FILE)
    async with read_form(request, scratch=limits.media_scratch_folder, max_file_bytes=largest) as form:
        video = await store_video(database, store, **place, file=form.file, limits=limits)
    return reply(LessonVideoOut.of(video) if video else None, "Video received. It is being processed.", status=202)


@router.delete(
    "/courses/{course_id}/lessons/{lesson_id}/video",
    operation_id="delete_video",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER),
    response_model=Envelope[None],
    responses=failures(*NOT_YOURS, VideoNotFound, LessonEmpty),
)
async def remove_video(course_id: UUID, lesson_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Remove the video of a lesson, and the one that is being uploaded."""
    await delete_video(db, caller=caller, course_id=course_id, lesson_id=lesson_id, now=now)
    return reply(None, "Video deleted.")


@router.put(
    "/courses/{course_id}/lessons/{lesson_id}/video/captions/{language}",
    operation_id="put_captions",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=1_024 * KIB, takes_raw_body=True),
    response_model=Envelope[LessonVideoOut],
    responses=failures(*NOT_YOURS, VideoNotFound, TooManyCaptions, CaptionsRefused, CaptionsTypeRequired),
    openapi_extra=VTT,
)
async def put_captions_of(
    course_id: UUID,
    lesson_id: UUID,
    language: LanguageTag,
    raw: CaptionsBody,
    caller: SignedIn,
    db: Db,
    now: Now,
) -> Response:
    """Add captions as WebVTT, or replace those of the language. They belong to the newest video."""
    place = {"course_id": course_id, "lesson_id": lesson_id}
    video = await put_captions(db, caller=caller, **place, language=language, raw=raw, now=now)
    return reply(LessonVideoOut.of(video) if video else None, "Captions saved.")


@router.delete(
    "/courses/{course_id}/lessons/{lesson_id}/video/captions/{language}",
    operation_id="delete_captions",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER),
    response_model=Envelope[None],
    responses=failures(*NOT_YOURS, CaptionsNotFound),
)
async def remove_captions_of(
    course_id: UUID, lesson_id: UUID, language: LanguageTag, caller: SignedIn, db: Db
) -> Response:
    """Remove the captions of one language."""
    await delete_captions(db, caller=caller, course_id=course_id, lesson_id=lesson_id, language=language)
    return reply(None, "Captions deleted.")
