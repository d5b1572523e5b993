"""The picture of a course."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from coursify.core.http import Db, Now, Router, SignedIn, StreamRouter, WithDatabase, failures, reply
from coursify.core.http.multipart import read_form
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound, NotYourCourse
from coursify.modules.courses.guards import OWNER, OWNER_OR_ADMIN
from coursify.modules.courses.services.set_course_image import (
    remove_course_image,
    require_owner_of,
    set_course_image,
)
from coursify.modules.media.errors import PICTURE_FAILURES
from coursify.modules.media.guards import LARGEST_FORM_BYTES, WithLimits, WithStore
from coursify.modules.media.schemas import PictureOut, PictureText, form_of

router = Router(tag="courses")
stream_router = StreamRouter(tag="courses")


@stream_router.post(
    "/courses/{course_id}/image",
    operation_id="set_course_image",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER, rate="picture", max_body_bytes=LARGEST_FORM_BYTES),
    response_model=Envelope[PictureOut],
    responses=failures(CourseNotFound, NotYourCourse, *PICTURE_FAILURES),
    openapi_extra=form_of("altText"),
)
async def post_image(
    request: Request, course_id: UUID, caller: SignedIn, database: WithDatabase, store: WithStore, limits: WithLimits
) -> Response:
    """Upload the picture of a course: PNG, JPEG or WebP, and a text for who cannot see it.

    It is turned upright and stored without its metadata, in three sizes. An upload without `altText` removes the text.
    """
    await require_owner_of(database, caller=caller, course_id=course_id)
    scratch, largest = limits.media_scratch_folder, limits.max_image_bytes
    async with read_form(request, scratch=scratch, max_file_bytes=largest, fields=PictureText.parts()) as form:
        text = form.fields_as(PictureText).alt_text
        picture = await set_course_image(
            database, store, caller=caller, course_id=course_id, file=form.file, alt_text=text, limits=limits
        )
    return reply(PictureOut.of(picture.path, text), "Picture updated.")


@router.delete(
    "/courses/{course_id}/image",
    operation_id="remove_course_image",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER_OR_ADMIN),
    response_model=Envelope[None],
    responses=failures(CourseNotFound, NotYourCourse),
)
async def delete_image(course_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Remove the picture of a course and its text."""
    await remove_course_image(db, caller=caller, course_id=course_id, now=now)
    return reply(None, "Picture removed.")
