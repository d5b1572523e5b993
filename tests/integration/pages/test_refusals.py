"""Every page and form that is declared refuses other roles, sessions that have ended, and sign-ins that are too old."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.pages.test_forms import address
from tests.support.classroom import Classroom, Person
from tests.support.visitor import Visitor

from coursify.core.policy import Who
from coursify.pages.core.page_route import PageRoute
from coursify.pages.routes import PAGES

pytestmark = pytest.mark.anyio
FOR_SOME = [page for page in PAGES if page.policy.who in {Who.ADMIN, Who.INSTRUCTOR}]
TABLES = ("users", "courses", "audit_log", "payments", "refunds", "attention_items", "procrastinate_jobs")


async def contents(classroom: Classroom) -> list[list[tuple[object, ...]]]:
    # A refused attempt of an admin's operation is audited.
    return [
        await classroom.rows(f"SELECT * FROM {table} {'' if table != 'audit_log' else WITHOUT_DENIED}")
        for table in TABLES
    ]


WITHOUT_DENIED = "WHERE action <> 'admin.denied'"


async def status_of(visitor: Visitor, page: PageRoute) -> tuple[int, str]:
    answer = await (visitor.get(address(page)) if page.method == "GET" else visitor.send(address(page)))
    return answer.status_code, answer.headers.get("location", "")


async def visit(classroom: Classroom, person: Person) -> Visitor:
    return await Visitor(classroom.client).signed_in(person)


async def test_a_student_is_refused_everywhere_and_an_instructor_everywhere_an_admin_works(
    classroom: Classroom,
) -> None:
    student = await visit(classroom, await classroom.person("student"))
    teacher = await visit(classroom, await classroom.person("instructor"))
    before = await contents(classroom)
    for page in FOR_SOME:
        assert await status_of(student, page) == (403, ""), page.id
        if page.policy.who is Who.ADMIN:
            assert await status_of(teacher, page) == (403, ""), page.id
    assert await contents(classroom) == before
    assert len(FOR_SOME) > 70


async def test_a_session_that_has_ended_elsewhere_opens_no_page_and_sends_no_form(classroom: Classroom) -> None:
    person = await classroom.person("admin")
    admin = await visit(classroom, person)
    assert (await person.post("/users/logout-all")).status_code == 200
    before = await contents(classroom)
    for page in FOR_SOME:
        status, location = await status_of(admin, page)
        if page.method == "GET":
            assert (status, location.startswith("/account/sign-in")) == (303, True), page.id
        else:
            assert status == 401, page.id
    assert await contents(classroom) == before


async def test_what_wants_a_recent_sign_in_asks_for_the_password_again(classroom: Classroom, clock_file: Path) -> None:
    admin = await visit(classroom, await classroom.person("admin"))
    clock_file.write_text(str(timedelta(minutes=11).total_seconds()))
    await admin.get("/account")
    before = await contents(classroom)
    sensitive = [page for page in PAGES if page.policy.step_up]
    for page in sensitive:
        status, location = await status_of(admin, page)
        assert (status, location) == (303, f"/account/step-up?next={address(page)}"), page.id
    assert await contents(classroom) == before
    assert len(sensitive) >= 6
