"""A course on a small page of ours, to which emails link until the school has a storefront."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from coursify.core.http import Configuration, WithDatabase
from coursify.core.policy import Policy, Who
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.services.find_course_page import find_course_page
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

Slug = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9-]+$")]


@pages.get("/courses/{slug}", page_id="page_course", policy=Policy(Who.ANYONE, rule="on sale", rate="read"))
async def show_course(page: WithPage, slug: Slug, database: WithDatabase, configuration: Configuration) -> Response:
    async with database.read() as db:
        course = await find_course_page(db, id_or_slug=slug)
    if not course.is_on_sale:
        raise CourseNotFound
    return page.render("account/course.html", course=course, school=configuration.app.school_name)
