"""Own courses: the list, and one course with what it needs before it can be submitted."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Query, Response

from coursify.core.http import Configuration, Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import Pager
from coursify.modules.analytics.services.list_counted_courses import list_counted_courses
from coursify.modules.courses.guards import MustBeVerified
from coursify.modules.courses.queries import categories, course_texts, lessons, sections, videos
from coursify.modules.courses.rich_text import sanitize
from coursify.modules.courses.schemas.incoming import StatusQuery
from coursify.modules.courses.services.check_complete import find_missing
from coursify.modules.courses.services.create_course import create_course
from coursify.modules.courses.services.delete_course import delete_course
from coursify.modules.courses.services.submit_course import submit_course
from coursify.modules.courses.services.update_course import update_course
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.changed_elsewhere import differences
from coursify.pages.teach.course_forms import CourseForm, Options, as_html, typed_course
from coursify.pages.teach.guards import OwnCourse
from coursify.pages.teach.policies import CHANGE, OWN, READ, WRITE
from coursify.pages.teach.shelf import by_section, explain

pages = Pages()

HOME = "/teach/courses"
NEW = "/teach/courses/new"
COURSE = "/teach/courses/{course_id}"
LABELS = (
    ("title", "Title"),
    ("subtitle", "Subtitle"),
    ("description", "Description"),
    ("requirements", "Requirements"),
    ("outcomes", "Outcomes"),
    ("price", "Price"),
    ("currency", "Currency"),
    ("category", "Category"),
    ("level", "Level"),
    ("language", "Language"),
)


@pages.get(HOME, page_id="page_teach_courses", policy=OWN)
async def show_courses(
    page: WithPage,
    caller: SignedIn,
    query: Annotated[StatusQuery, Query()],
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """Newest first; a rejected one says why."""
    pager = Pager(query, cursors, "teach.courses", caller.user_id, query.status)
    async with database.read() as db:
        found, had = await list_counted_courses(
            db, instructor_id=caller.user_id, status=query.status, window=pager.window
        )
    meta = pager.meta(found)
    values: dict[str, Any] = {"courses": found.items, "had": had, "meta": meta, "next_page": page.next_page(meta)}
    return page.render("teach/courses.html", status_filter=query.status, **values)


@pages.get(NEW, page_id="page_teach_new_course", policy=OWN)
async def show_new_course(page: WithPage, database: WithDatabase, settings: Configuration) -> Response:
    form = page.form(NEW, {"currency": settings.app.default_currency, "level": "all", "language": "en"})
    async with database.read() as db:
        found = await categories.list_categories_with_counts(db)
    return page.render("teach/new_course.html", form=form, categories=found, options=Options)


@pages.post(NEW, page_id="page_teach_create_course", policy=WRITE, form_page=show_new_course)
async def send_new_course(
    page: WithPage, form: Annotated[CourseForm, Form()], caller: SignedIn, db: Db, now: Now
) -> Response:
    course = await create_course(db, instructor_id=caller.user_id, **form.fields(), now=now)
    return page.go(f"{HOME}/{course.id}", "Draft created. Add lessons, a picture, and submit it when it is ready.")


@pages.get(COURSE, page_id="page_teach_course", policy=READ)
async def show_course(page: WithPage, course_id: UUID, course: OwnCourse, database: WithDatabase) -> Response:
    """Status, what is missing, picture, sections and lessons."""
    async with database.read() as db:
        outline = await lessons.list_outline(db, course_id)
        parts = await sections.list_sections(db, course_id)
        found = await videos.list_lesson_videos(db, course_id)
    return page.render(
        "teach/course.html",
        options=Options,
        course=course,
        missing=[explain(each, outline) for each in find_missing(course, outline)] if course.is_submittable else [],
        shelf=by_section(parts, outline),
        videos=found,
        submission=page.form(f"{HOME}/{course_id}/submit"),
        picture=page.form(f"{HOME}/{course_id}/picture", {"altText": course.image_alt_text or ""}),
        new_lesson=page.form(f"{HOME}/{course_id}/lessons"),
        new_section=page.form(f"{HOME}/{course_id}/sections"),
    )


@pages.get(f"{COURSE}/text", page_id="page_teach_course_text", policy=READ)
async def show_text(page: WithPage, course_id: UUID, course: OwnCourse, db: Db) -> Response:
    """The form of the course's own fields; after a refusal because of another version, both texts."""
    stored = typed_course(course, await course_texts.get_texts(db, course_id))
    form = page.form(f"{HOME}/{course_id}/text", stored)
    return page.render(
        "teach/text.html",
        options=Options,
        course=course,
        form=form,
        categories=await categories.list_categories_with_counts(db),
        changed=differences(form, stored, course.version, LABELS),
        preview=None,
    )


@pages.post(f"{COURSE}/text", page_id="page_teach_save_course_text", policy=WRITE, form_page=show_text)
async def send_text(
    page: WithPage,
    course_id: UUID,
    course: OwnCourse,
    form: Annotated[CourseForm, Form()],
    caller: SignedIn,
    db: Db,
    now: Now,
) -> Response:
    if form.intent == "preview":
        found = await categories.list_categories_with_counts(db)
        values: dict[str, Any] = {"course": course, "categories": found, "changed": None, "options": Options}
        shown = page.typed_form(f"{HOME}/{course_id}/text")
        return page.render("teach/text.html", form=shown, preview=sanitize(as_html(form.description)), **values)
    changes, version = form.fields(), form.version
    await update_course(db, caller=caller, course_id=course_id, changes={**changes}, expected_version=version, now=now)
    return page.go(f"{HOME}/{course_id}/text", "Saved.")


@pages.post(f"{COURSE}/submit", page_id="page_teach_submit_course", policy=CHANGE, form_page=show_course)
async def send_submission(
    page: WithPage, course: OwnCourse, caller: SignedIn, must_be_verified: MustBeVerified, db: Db, now: Now
) -> Response:
    await submit_course(db, caller=caller, course_id=course.id, must_be_verified=must_be_verified, now=now)
    return page.go(f"{HOME}/{course.id}", "Submitted. You get an email when it is approved or needs changes.")


@pages.post(f"{COURSE}/delete", page_id="page_teach_delete_course", policy=CHANGE, form_page=show_course)
async def send_deletion(page: WithPage, course: OwnCourse, caller: SignedIn, db: Db, now: Now) -> Response:
    await delete_course(db, caller=caller, course_id=course.id, now=now)
    return page.go(HOME, "Course deleted. Enrolled learners keep it.")
