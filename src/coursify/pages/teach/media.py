"""The picture of a course, and the video, captions and files of a lesson."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Form, Response
from pydantic import AfterValidator, Field

from coursify.core.http import Db, Now, SignedIn, WithDatabase
from coursify.core.language_tags import canonical_tag
from coursify.core.schema import Input, Line, QueryWhole
from coursify.core.text import clean_filename
from coursify.modules.courses.models.media import OwnLesson as Place
from coursify.modules.courses.queries import videos
from coursify.modules.courses.schemas.incoming import LARGEST_FILE
from coursify.modules.courses.services.add_attachment import add_attachment
from coursify.modules.courses.services.delete_attachment import delete_attachment
from coursify.modules.courses.services.delete_captions import delete_captions
from coursify.modules.courses.services.delete_video import delete_video
from coursify.modules.courses.services.put_captions import put_captions
from coursify.modules.courses.services.set_course_image import remove_course_image, set_course_image
from coursify.modules.courses.services.start_video_upload import start_video_upload
from coursify.modules.courses.services.store_video import store_video
from coursify.modules.media.guards import LARGEST_FORM_FILE, WithLimits, WithStore
from coursify.modules.media.schemas import PictureText
from coursify.modules.media.schemas.uploads import door_of
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.courses import COURSE, HOME, show_course
from coursify.pages.teach.guards import OwnCourse, OwnLesson
from coursify.pages.teach.lessons import LESSON, show_lesson
from coursify.pages.teach.policies import CHANGE, FILE, PICTURE, READ

pages = Pages()

CAPTIONS_BYTES = 1_048_576
LanguageTag = Annotated[
    str,
    Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$"),
    AfterValidator(canonical_tag),
]


class Announcement(Input):
    """A video that a script is about to send."""

    filename: Annotated[Line, Field(max_length=255)]
    size: Annotated[QueryWhole, Field(ge=1, le=LARGEST_FILE)]
    type: Annotated[str, Field(max_length=100)] = "video/mp4"


class CaptionsForm(Input):
    language: LanguageTag


@pages.post_file(f"{COURSE}/picture", page_id="page_teach_set_picture", policy=PICTURE, form_page=show_course)
async def send_picture(
    page: WithPage, course: OwnCourse, caller: SignedIn, database: WithDatabase, store: WithStore, limits: WithLimits
) -> Response:
    scratch, largest = limits.media_scratch_folder, limits.max_image_bytes
    async with page.file_form(scratch=scratch, max_file_bytes=largest, fields=PictureText.parts()) as form:
        text = form.fields_as(PictureText).alt_text
        await set_course_image(
            database, store, caller=caller, course_id=course.id, file=form.file, alt_text=text, limits=limits
        )
    return page.go(f"{HOME}/{course.id}#picture", "Picture saved.")


@pages.post(f"{COURSE}/picture/delete", page_id="page_teach_remove_picture", policy=CHANGE, form_page=show_course)
async def send_picture_removal(page: WithPage, course: OwnCourse, caller: SignedIn, db: Db, now: Now) -> Response:
    await remove_course_image(db, caller=caller, course_id=course.id, now=now)
    return page.go(f"{HOME}/{course.id}#picture", "Picture removed.")


@pages.post(f"{LESSON}/video/begin", page_id="page_teach_begin_video", policy=CHANGE, form_page=show_lesson)
async def begin_video(
    page: WithPage,
    course: OwnCourse,
    lesson: OwnLesson,
    form: Annotated[Announcement, Form()],
    caller: SignedIn,
    database: WithDatabase,
    store: WithStore,
    limits: WithLimits,
) -> Response:
    """Where the script of the page sends the bytes: at this host, in pieces, with tus 1.0."""
    place: Place = {"caller": caller, "course_id": course.id, "lesson_id": lesson.id}
    name = clean_filename(form.filename)
    transfer, _parts = await start_video_upload(
        database, store, **place, filename=name, content_type=form.type, size=form.size, limits=limits
    )
    return page.data(uploadUrl=door_of("", transfer.token))


@pages.post_file(f"{LESSON}/video", page_id="page_teach_send_video", policy=FILE, form_page=show_lesson)
async def send_video(
    page: WithPage,
    course: OwnCourse,
    lesson: OwnLesson,
    caller: SignedIn,
    database: WithDatabase,
    store: WithStore,
    limits: WithLimits,
) -> Response:
    """A small video in one form: for browsers without JavaScript, and where the store takes large ones itself."""
    place: Place = {"caller": caller, "course_id": course.id, "lesson_id": lesson.id}
    largest = min(limits.max_video_bytes, LARGEST_FORM_FILE)
    async with page.file_form(scratch=limits.media_scratch_folder, max_file_bytes=largest) as form:
        await store_video(database, store, **place, file=form.file, limits=limits)
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}#video", "Video received. It is being processed.")


@pages.get(f"{LESSON}/video", page_id="page_teach_video_state", policy=READ)
async def show_video_state(page: WithPage, course: OwnCourse, lesson: OwnLesson, db: Db) -> Response:
    """The part of the lesson's page that shows how far the video is; a script loads it again and again."""
    video = await videos.find_lesson_video(db, lesson.id)
    here = f"{HOME}/{course.id}/lessons/{lesson.id}"
    return page.render("teach/video_state.html", course=course, lesson=lesson, video=video, here=here)


@pages.post(f"{LESSON}/video/delete", page_id="page_teach_delete_video", policy=CHANGE, form_page=show_lesson)
async def send_video_deletion(
    page: WithPage, course: OwnCourse, lesson: OwnLesson, caller: SignedIn, db: Db, now: Now
) -> Response:
    await delete_video(db, caller=caller, course_id=course.id, lesson_id=lesson.id, now=now)
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}#video", "Video deleted.")


@pages.post_file(f"{LESSON}/captions", page_id="page_teach_send_captions", policy=FILE, form_page=show_lesson)
async def send_captions(
    page: WithPage, course: OwnCourse, lesson: OwnLesson, caller: SignedIn, database: WithDatabase, limits: WithLimits
) -> Response:
    place: Place = {"caller": caller, "course_id": course.id, "lesson_id": lesson.id}
    fields = frozenset(CaptionsForm.model_fields)
    scratch = limits.media_scratch_folder
    async with page.file_form(scratch=scratch, max_file_bytes=CAPTIONS_BYTES, fields=fields) as form:
        language, raw = form.fields_as(CaptionsForm).language, await asyncio.to_thread(form.file.path.read_bytes)
    async with database.transaction() as (db, now):
        await put_captions(db, **place, language=language, raw=raw, now=now)
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}#captions", "Captions saved.")


@pages.post(f"{LESSON}/captions/delete", page_id="page_teach_delete_captions", policy=CHANGE, form_page=show_lesson)
async def send_captions_deletion(
    page: WithPage,
    course: OwnCourse,
    lesson: OwnLesson,
    form: Annotated[CaptionsForm, Form()],
    caller: SignedIn,
    db: Db,
) -> Response:
    place: Place = {"caller": caller, "course_id": course.id, "lesson_id": lesson.id}
    await delete_captions(db, **place, language=form.language)
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}#captions", "Captions deleted.")


@pages.post_file(f"{LESSON}/attachments", page_id="page_teach_add_attachment", policy=FILE, form_page=show_lesson)
async def send_attachment(
    page: WithPage,
    course: OwnCourse,
    lesson: OwnLesson,
    caller: SignedIn,
    database: WithDatabase,
    store: WithStore,
    limits: WithLimits,
) -> Response:
    place: Place = {"caller": caller, "course_id": course.id, "lesson_id": lesson.id}
    largest = min(limits.max_attachment_bytes, LARGEST_FORM_FILE)
    async with page.file_form(scratch=limits.media_scratch_folder, max_file_bytes=largest) as form:
        added = await add_attachment(database, store, **place, file=form.file, limits=limits)
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}#files", f"“{added.filename}” added.")


@pages.post(
    f"{LESSON}/attachments/{{attachment_id}}/delete",
    page_id="page_teach_delete_attachment",
    policy=CHANGE,
    form_page=show_lesson,
)
async def send_attachment_deletion(
    page: WithPage, course: OwnCourse, lesson: OwnLesson, attachment_id: UUID, caller: SignedIn, db: Db, now: Now
) -> Response:
    ids = {"course_id": course.id, "lesson_id": lesson.id, "attachment_id": attachment_id}
    await delete_attachment(db, caller=caller, **ids, now=now)
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}#files", "File deleted.")
