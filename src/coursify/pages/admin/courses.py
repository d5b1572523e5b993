"""Courses: those that wait for approval, all of them, and one with every lesson and what changed in it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Response
from pydantic import Field

from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import PageQuery, Pager, Window
from coursify.core.schema import Prose
from coursify.modules.courses.models import CourseStatus
from coursify.modules.courses.models.admin_order import AdminOrder
from coursify.modules.courses.queries import course_texts, lessons, sections
from coursify.modules.courses.schemas.incoming import CourseRejection, ReadRevision, SaleSuspension
from coursify.modules.courses.services.acknowledge_changes import acknowledge_changes
from coursify.modules.courses.services.approve_course import approve_course
from coursify.modules.courses.services.compare_with_snapshot import compare_with_snapshot
from coursify.modules.courses.services.list_for_admins import list_for_admins
from coursify.modules.courses.services.reject_course import reject_course
from coursify.modules.courses.services.resume_sale import resume_sale
from coursify.modules.courses.services.suspend_sale import suspend_sale
from coursify.pages.admin.policies import CHANGE, READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_ONE = "/admin/courses/{course_id}"
_EVERY_LESSON = Window(None, 1_000, 0)


class CourseSearch(PageQuery):
    search: Annotated[Prose, Field(max_length=100)] | None = None
    status: CourseStatus | None = None
    sort: AdminOrder | None = None


@pages.get("/admin/approvals", page_id="page_admin_approvals", policy=READ)
async def show_approvals(
    page: WithPage, query: Annotated[PageQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """Courses that wait, longest first."""
    pager = Pager(query, cursors, "pages.approvals")
    async with database.read() as db:
        found = await list_for_admins(db, status="pending", window=pager.window)
    meta = pager.meta(found)
    return page.render("admin/approvals.html", courses=found.items, meta=meta, next_page=page.next_page(meta))


@pages.get("/admin/courses", page_id="page_admin_courses", policy=READ)
async def show_courses(
    page: WithPage, query: Annotated[CourseSearch, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """Every course; without another order the newest first, or those that wait longest."""
    pager = Pager(query, cursors, "pages.courses", query.search, query.status, query.sort)
    async with database.read() as db:
        found = await list_for_admins(
            db, status=query.status, search=query.search, order=query.sort, window=pager.window
        )
    meta = pager.meta(found)
    return page.render(
        "admin/courses.html", courses=found.items, chosen=query, meta=meta, next_page=page.next_page(meta)
    )


@pages.get(_ONE, page_id="page_admin_course", policy=READ)
async def show_course(page: WithPage, course_id: UUID, caller: SignedIn, db: Db) -> Response:
    """One course as its learners will see it, and what an admin decides about it."""
    course, diff, _changes = await compare_with_snapshot(db, caller=caller, course_id=course_id, window=_EVERY_LESSON)
    return page.render(
        "admin/course.html",
        course=course,
        diff=diff,
        texts=await course_texts.get_texts(db, course_id),
        sections=await sections.list_sections(db, course_id),
        lessons=await lessons.list_lessons(db, course_id),
        reject=page.form(f"/admin/courses/{course_id}/reject"),
        acknowledge=page.form(f"/admin/courses/{course_id}/acknowledge"),
        approve=page.form(f"/admin/courses/{course_id}/approve"),
        suspend=page.form(f"/admin/courses/{course_id}/suspend-sale"),
        resume=page.form(f"/admin/courses/{course_id}/resume-sale"),
    )


@pages.post(_ONE + "/approve", page_id="page_admin_approve_course", policy=CHANGE, form_page=show_course)
async def send_approval(
    page: WithPage, course_id: UUID, caller: SignedIn, form: Annotated[ReadRevision, Form()], db: Db, now: Now
) -> Response:
    """Only what was read is approved: after a change the page shows it, and asks again."""
    course = await approve_course(db, caller=caller, course_id=course_id, revision=form.revision, now=now)
    return page.go("/admin/approvals", f"“{course.title}” is on sale.")


@pages.post(_ONE + "/acknowledge", page_id="page_admin_acknowledge", policy=CHANGE, form_page=show_course)
async def send_acknowledgement(
    page: WithPage, course_id: UUID, caller: SignedIn, form: Annotated[ReadRevision, Form()], db: Db, now: Now
) -> Response:
    await acknowledge_changes(db, caller=caller, course_id=course_id, revision=form.revision, now=now)
    return page.go(
        f"/admin/courses/{course_id}", "You have read the changes. The next ones are shown beside this state."
    )


@pages.post(_ONE + "/reject", page_id="page_admin_reject_course", policy=CHANGE, form_page=show_course)
async def send_rejection(
    page: WithPage, course_id: UUID, caller: SignedIn, form: Annotated[CourseRejection, Form()], db: Db, now: Now
) -> Response:
    course = await reject_course(db, caller=caller, course_id=course_id, reason=form.reason, now=now)
    return page.go("/admin/approvals", f"“{course.title}” went back to its instructor, with your reason.")


@pages.post(_ONE + "/suspend-sale", page_id="page_admin_suspend_sale", policy=CHANGE, form_page=show_course)
async def send_suspension(
    page: WithPage, course_id: UUID, caller: SignedIn, form: Annotated[SaleSuspension, Form()], db: Db, now: Now
) -> Response:
    await suspend_sale(db, caller=caller, course_id=course_id, reason=form.reason, now=now)
    return page.go(f"/admin/courses/{course_id}", "The course is off sale. Those enrolled keep it.")


@pages.post(_ONE + "/resume-sale", page_id="page_admin_resume_sale", policy=CHANGE, form_page=show_course)
async def send_resumption(page: WithPage, course_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    course = await resume_sale(db, caller=caller, course_id=course_id, now=now)
    notice = "The course is on sale again." if course.is_on_sale else "Suspension ended. It is not on sale yet."
    return page.go(f"/admin/courses/{course_id}", notice)
