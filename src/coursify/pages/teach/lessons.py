"""Sections and lessons of an own course: written, moved and deleted."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Form, Response

from coursify.core.http import Configuration, Db, Now, SignedIn
from coursify.core.schema import Input
from coursify.modules.courses import outline
from coursify.modules.courses.guards import VideoHosts
from coursify.modules.courses.models import LessonPlacement
from coursify.modules.courses.queries import attachments, sections, videos
from coursify.modules.courses.rich_text import sanitize
from coursify.modules.courses.schemas.incoming import LessonTitle
from coursify.modules.courses.services.add_lesson import add_lesson
from coursify.modules.courses.services.change_sections import change_sections
from coursify.modules.courses.services.delete_lesson import delete_lesson
from coursify.modules.courses.services.move_lesson import move_lesson
from coursify.modules.courses.services.update_lesson import update_lesson
from coursify.modules.media.guards import LARGEST_FORM_FILE
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.changed_elsewhere import differences
from coursify.pages.teach.course_forms import LessonForm, Options, as_html, typed_lesson
from coursify.pages.teach.courses import COURSE, HOME, show_course
from coursify.pages.teach.guards import OwnCourse, OwnLesson
from coursify.pages.teach.policies import CHANGE, READ, WRITE

pages = Pages()

SECTIONS = f"{COURSE}/sections"
LESSONS = f"{COURSE}/lessons"
LESSON = f"{LESSONS}/{{lesson_id}}"
LABELS = (("title", "Title"), ("content", "Text"), ("externalVideoUrl", "Video at another host"), ("minutes", "Length"))
STEPS: dict[str, outline.Step] = {"up": -1, "down": 1}
Direction = Literal["up", "down"]


class TitleForm(Input):
    title: LessonTitle


class NewLesson(Input):
    title: LessonTitle
    section: UUID | None = None


class Move(Input):
    direction: Direction


@pages.post(SECTIONS, page_id="page_teach_add_section", policy=CHANGE, form_page=show_course)
async def send_section(
    page: WithPage, course: OwnCourse, form: Annotated[TitleForm, Form()], caller: SignedIn, db: Db, now: Now
) -> Response:
    change = partial(outline.add_section, title=form.title)
    await change_sections(db, caller=caller, course_id=course.id, change=change, now=now)
    return page.go(f"{HOME}/{course.id}#new-section", "Section added at the end.")


@pages.post(
    f"{SECTIONS}/{{section_id}}/title", page_id="page_teach_rename_section", policy=CHANGE, form_page=show_course
)
async def send_section_title(
    page: WithPage,
    course: OwnCourse,
    section_id: UUID,
    form: Annotated[TitleForm, Form()],
    caller: SignedIn,
    db: Db,
    now: Now,
) -> Response:
    ids = {"course_id": course.id, "section_id": section_id}
    change = partial(outline.rename_section, section_id=section_id, title=form.title)
    await change_sections(db, caller=caller, **ids, change=change, now=now)
    return page.go(f"{HOME}/{course.id}#section-{section_id}", "Section renamed.")


@pages.post(f"{SECTIONS}/{{section_id}}/move", page_id="page_teach_move_section", policy=CHANGE, form_page=show_course)
async def send_section_move(
    page: WithPage,
    course: OwnCourse,
    section_id: UUID,
    form: Annotated[Move, Form()],
    caller: SignedIn,
    db: Db,
    now: Now,
) -> Response:
    ids = {"course_id": course.id, "section_id": section_id}
    change = partial(outline.move_section, section_id=section_id, step=STEPS[form.direction])
    await change_sections(db, caller=caller, **ids, change=change, now=now)
    return page.go(f"{HOME}/{course.id}#{form.direction}-{section_id}", f"Section moved {form.direction}.")


@pages.post(
    f"{SECTIONS}/{{section_id}}/delete", page_id="page_teach_delete_section", policy=CHANGE, form_page=show_course
)
async def send_section_deletion(
    page: WithPage, course: OwnCourse, section_id: UUID, caller: SignedIn, db: Db, now: Now
) -> Response:
    ids = {"course_id": course.id, "section_id": section_id}
    change = partial(outline.remove_section, section_id=section_id)
    await change_sections(db, caller=caller, **ids, change=change, now=now)
    return page.go(f"{HOME}/{course.id}", "Section deleted. Its lessons are at the beginning of the course.")


@pages.post(LESSONS, page_id="page_teach_add_lesson", policy=CHANGE, form_page=show_course)
async def send_new_lesson(
    page: WithPage, course: OwnCourse, form: Annotated[NewLesson, Form()], caller: SignedIn, db: Db, now: Now
) -> Response:
    """A lesson with a title alone. In a course on sale it is refused: there a lesson begins with its text."""
    placement = LessonPlacement(section_id=form.section)
    lesson = await add_lesson(db, caller=caller, course_id=course.id, title=form.title, placement=placement, now=now)
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}", "Lesson added. Write its text, or upload a video.")


@pages.get(f"{LESSONS}/new", page_id="page_teach_new_lesson", policy=READ)
async def show_new_lesson(page: WithPage, course: OwnCourse, hosts: VideoHosts, db: Db) -> Response:
    """A lesson with its text at once, as a course on sale needs it."""
    form, found = page.form(f"{HOME}/{course.id}/lessons/new"), await sections.list_sections(db, course.id)
    values: dict[str, Any] = {"course": course, "hosts": hosts, "options": Options}
    return page.render("teach/new_lesson.html", form=form, sections=found, **values)


@pages.post(f"{LESSONS}/new", page_id="page_teach_write_lesson", policy=WRITE, form_page=show_new_lesson)
async def send_written_lesson(
    page: WithPage,
    course: OwnCourse,
    form: Annotated[LessonForm, Form()],
    caller: SignedIn,
    hosts: VideoHosts,
    db: Db,
    now: Now,
) -> Response:
    fields, placement = form.fields(), LessonPlacement(section_id=form.section)
    lesson = await add_lesson(
        db, caller=caller, course_id=course.id, placement=placement, **fields, video_hosts=hosts, now=now
    )
    return page.go(f"{HOME}/{course.id}/lessons/{lesson.id}", "Lesson added.")


@pages.get(LESSON, page_id="page_teach_lesson", policy=READ)
async def show_lesson(
    page: WithPage,
    course_id: UUID,
    lesson_id: UUID,
    course: OwnCourse,
    lesson: OwnLesson,
    db: Db,
    settings: Configuration,
) -> Response:
    """The form of a lesson, its video, captions and files."""
    here, stored = f"{HOME}/{course_id}/lessons/{lesson_id}", typed_lesson(lesson)
    form, limits = page.form(here, stored), settings.media
    return page.render(
        "teach/lesson.html",
        options=Options,
        course=course,
        lesson=lesson,
        here=here,
        form=form,
        sections=await sections.list_sections(db, course_id),
        video=await videos.find_lesson_video(db, lesson_id),
        attachments=await attachments.list_attachments(db, lesson_id),
        changed=differences(form, stored, lesson.version, LABELS),
        preview=None,
        is_resumable=limits.media_store == "local",
        largest_video=limits.max_video_bytes,
        largest_form=min(limits.max_video_bytes, LARGEST_FORM_FILE),
        attachment_types=limits.attachment_types,
        hosts=settings.app.external_video_hosts,
        upload=page.form(f"{here}/video"),
        captions=page.form(f"{here}/captions", {"language": course.language}),
        attachment=page.form(f"{here}/attachments"),
    )


@pages.post(LESSON, page_id="page_teach_save_lesson", policy=WRITE, form_page=show_lesson)
async def send_lesson(
    page: WithPage,
    course: OwnCourse,
    lesson: OwnLesson,
    form: Annotated[LessonForm, Form()],
    caller: SignedIn,
    hosts: VideoHosts,
    db: Db,
    now: Now,
) -> Response:
    here = f"{HOME}/{course.id}/lessons/{lesson.id}"
    if form.intent == "preview":
        values: dict[str, Any] = {"course": course, "here": here, "hosts": hosts, "options": Options}
        return page.render(
            "teach/preview.html",
            form=page.typed_form(here),
            sections=await sections.list_sections(db, course.id),
            preview=sanitize(as_html(form.content or "")),
            **values,
        )
    await update_lesson(
        db,
        caller=caller,
        course_id=course.id,
        lesson_id=lesson.id,
        changes=form.changes(lesson),
        placement=form.placement(lesson),
        expected_version=form.version,
        video_hosts=hosts,
        now=now,
    )
    return page.go(here, "Saved.")


@pages.post(f"{LESSON}/move", page_id="page_teach_move_lesson", policy=CHANGE, form_page=show_course)
async def send_lesson_move(
    page: WithPage, course: OwnCourse, lesson_id: UUID, form: Annotated[Move, Form()], caller: SignedIn, db: Db
) -> Response:
    step = STEPS[form.direction]
    await move_lesson(db, caller=caller, course_id=course.id, lesson_id=lesson_id, step=step)
    return page.go(f"{HOME}/{course.id}#{form.direction}-{lesson_id}", f"Lesson moved {form.direction}.")


@pages.post(f"{LESSON}/delete", page_id="page_teach_delete_lesson", policy=CHANGE, form_page=show_lesson)
async def send_lesson_deletion(
    page: WithPage, course: OwnCourse, lesson_id: UUID, caller: SignedIn, db: Db, now: Now
) -> Response:
    await delete_lesson(db, caller=caller, course_id=course.id, lesson_id=lesson_id, now=now)
    return page.go(f"{HOME}/{course.id}", "Lesson deleted.")
