"""Small pages of ours, to which emails link until the school has a storefront: a course, a review, a certificate."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from coursify.core.http import Configuration, MaybeSignedIn, WithDatabase
from coursify.core.policy import Policy, Who
from coursify.modules.certificates.services.check_certificate import check_certificate
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.services.find_course_page import find_course_page
from coursify.modules.reviews.services.show_review import show_review
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

Slug = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9-]+$")]
Code = Annotated[str, Path(max_length=60)]


@pages.get("/courses/{slug}", page_id="page_course", policy=Policy(Who.ANYONE, rule="on sale", rate="read"))
async def show_course(page: WithPage, slug: Slug, database: WithDatabase, configuration: Configuration) -> Response:
    async with database.read() as db:
        course = await find_course_page(db, id_or_slug=slug)
    if not course.is_on_sale:
        raise CourseNotFound
    return page.render("account/course.html", course=course, school=configuration.app.school_name)


@pages.get(
    "/reviews/{review_id}",
    page_id="page_review",
    policy=Policy(Who.ANYONE, rule="visible, or the caller's own; an admin sees all", rate="read"),
)
async def show_one_review(
    page: WithPage, review_id: UUID, caller: MaybeSignedIn, database: WithDatabase, configuration: Configuration
) -> Response:
    async with database.read() as db:
        review = await show_review(db, caller=caller, review_id=review_id)
        course = await find_course_page(db, id_or_slug=str(review.course_id))
    return page.render("account/review.html", review=review, course=course, school=configuration.app.school_name)


@pages.get("/certificates/{code}", page_id="page_certificate", policy=Policy(Who.ANYONE, rate="read"))
async def show_certificate(
    page: WithPage, code: Code, database: WithDatabase, configuration: Configuration
) -> Response:
    certificate = await check_certificate(database, code=code)
    return page.render("account/certificate.html", certificate=certificate, school=configuration.app.school_name)
