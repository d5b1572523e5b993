"""No form is accepted that our own page of this session did not send; no page can be framed or run foreign script."""

from __future__ import annotations

import httpx
import pytest
from starlette.convertors import IntegerConvertor
from tests.support.classroom import Classroom
from tests.support.visitor import Visitor

from coursify.core.policy import Who
from coursify.pages.core.page_route import PageRoute
from coursify.pages.routes import PAGES

pytestmark = pytest.mark.anyio
FORMS = [page for page in PAGES if page.method == "POST"]
ID = "00000000-0000-4000-8000-000000000000"


def address(page: PageRoute) -> str:
    path = page.path_format
    for name, convertor in page.param_convertors.items():
        example = "1" if isinstance(convertor, IntegerConvertor) else ID if name.endswith("_id") else "x"
        path = path.replace(f"{{{name}}}", example)
    return path


@pytest.fixture
async def admin(classroom: Classroom) -> Visitor:
    return await Visitor(classroom.client).signed_in(await classroom.person("admin"))


async def refusals(visitor: Visitor, form: PageRoute) -> list[httpx.Response]:
    path, token = address(form), visitor.token
    return [
        await visitor.send(path, ""),
        await visitor.send(path, token[:-2] + "xx"),
        await visitor.send(path, token, headers={"Origin": "https://evil.example"}),
        await visitor.send(path, token, headers={"Origin": "null"}),
        await visitor.send(path, token, headers={"Sec-Fetch-Site": "same-site"}),
        await visitor.send(path, token, headers={"Sec-Fetch-Site": "cross-site"}),
    ]


async def test_no_form_is_accepted_without_the_token_of_its_session(admin: Visitor, classroom: Classroom) -> None:
    other = await Visitor(classroom.client).signed_in(await classroom.person("admin"))
    before = [await classroom.rows(f"SELECT * FROM {table}") for table in ("audit_log", "users", "sessions")]
    for form in FORMS:
        answers = [*await refusals(admin, form), await admin.send(address(form), other.token)]
        assert {(answer.status_code, "expired" in answer.text) for answer in answers} == {(403, True)}, form.id
    after = [await classroom.rows(f"SELECT * FROM {table}") for table in ("audit_log", "users", "sessions")]
    assert before == after
    assert (await admin.get("/account")).status_code == 200


async def test_a_form_is_read_strictly(admin: Visitor) -> None:
    for body, media_type, status in (
        (b'{"csrf": "x"}', "application/json", 415),
        (b"csrf=x", "text/plain", 415),
        (b"csrf=x", "application/x-www-form-urlencoded; charset=utf-16", 415),
        (b"csrf=%ff", "application/x-www-form-urlencoded", 422),
        (b"csrf=x&csrf=y", "application/x-www-form-urlencoded", 422),
        (b"csrf=x&" + b"a" * 300_000, "application/x-www-form-urlencoded", 413),
    ):
        cookie = "; ".join(f"{name}={value}" for name, value in admin.cookies.items())
        answer = await admin.client.post(
            "/account/theme", content=body, headers={"Cookie": cookie, "Content-Type": media_type}
        )
        assert answer.status_code == status, (body[:20], answer.text)
        assert answer.headers["content-type"].startswith("text/html")


async def test_every_page_has_a_policy_that_runs_nothing_foreign(admin: Visitor) -> None:
    for path in ("/admin", "/account", "/account/sign-in", "/admin/nothing-here", "/account/step-up"):
        answer = await admin.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        for inline in ("<script>", "style=", "onclick", "javascript:"):
            assert inline not in answer.text


async def test_a_path_that_is_no_page_answers_with_a_page(admin: Visitor) -> None:
    answer = await admin.get("/admin/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["x-request-id"] in answer.text


def test_a_form_that_needs_a_recent_sign_in_has_a_page_to_go_on_at() -> None:
    pages = {page.path for page in PAGES if page.method == "GET"}
    assert [form.id for form in FORMS if form.policy.step_up and form.path not in pages] == []


def test_only_pages_of_the_account_are_for_everyone() -> None:
    for page in PAGES:
        if page.path.startswith("/admin"):
            assert page.policy.who is Who.ADMIN, page.id
        if page.path.startswith("/teach"):
            assert page.policy.who is Who.INSTRUCTOR, page.id


def test_every_address_and_id_is_declared_once() -> None:
    assert len({page.id for page in PAGES}) == len(PAGES)
    assert len({(page.method, page.path) for page in PAGES}) == len(PAGES)
