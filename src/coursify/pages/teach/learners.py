"""Who learns a course, and how far each of them is."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import PageCursors, WithDatabase
from coursify.core.pagination import PageQuery, Pager, cut
from coursify.modules.enrollments.queries import learners
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.courses import COURSE
from coursify.pages.teach.guards import OwnCourse
from coursify.pages.teach.policies import READ

pages = Pages()


@pages.get(f"{COURSE}/learners", page_id="page_teach_learners", policy=READ)
async def show_learners(
    page: WithPage,
    course_id: UUID,
    course: OwnCourse,
    query: Annotated[PageQuery, Query()],
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """Names and progress, the newest enrollment first; no addresses, as on the API (docs/decisions/0056)."""
    pager = Pager(query, cursors, "teach.learners", course_id)
    now = await database.now()
    async with database.read() as db:
        rows = await learners.list_learners(db, course_id=course_id, now=now, window=pager.window)
        total = await learners.count_learners(db, course_id=course_id)
    found = cut(rows, pager.window, total=total)
    meta = pager.meta(found)
    values: dict[str, Any] = {"learners": found.items, "meta": meta, "next_page": page.next_page(meta)}
    return page.render("teach/learners.html", course=course, **values)
