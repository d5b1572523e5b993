"""Signing in at the pages: the session, the second factor, the step-up, and what ends them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from tests.support.classroom import Classroom
from tests.support.visitor import Visitor, text_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def visitor(classroom: Classroom) -> Visitor:
    return Visitor(classroom.client)


async def test_a_person_who_is_not_signed_in_is_asked_to_and_goes_on_to_the_page(
    visitor: Visitor, classroom: Classroom
) -> None:
    admin = await classroom.person("admin")
    answer = await visitor.get("/admin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/sign-in?next=/admin")
    page = await visitor.read("/account/sign-in?next=/admin")
    assert 'action="/account/sign-in?next=/admin"' in page
    wrong = await visitor.sign_in(admin, password="not-the-password")
    assert wrong.status_code == 401
    assert "The email address or the password is wrong." in wrong.text
    assert 'value="admin' in wrong.text, "what was typed is kept"
    assert "not-the-password" not in wrong.text
    assert (await visitor.sign_in(admin)).headers["location"] == "/admin"
    assert "Today" in text_of(await visitor.read("/admin"))


async def test_a_form_is_refused_beside_its_field(visitor: Visitor) -> None:
    await visitor.get("/account/sign-in")
    answer = await visitor.send("/account/sign-in", email="no address", password="x")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "Email address must be an email address." in text_of(answer.text)
    assert 'value="no address"' in answer.text


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/api/v1/users/me", "/admin\n"]
)
async def test_the_way_on_never_leads_to_another_host(visitor: Visitor, classroom: Classroom, elsewhere: str) -> None:
    admin = await classroom.person("admin")
    number = admin.name.removeprefix("Admin Number")
    await visitor.get("/account/sign-in")
    answer = await visitor._call(
        "POST",
        "/account/sign-in",
        {},
        params={"next": elsewhere},
        data={"csrf": visitor.token, "email": f"admin{number}@example.com", "password": f"a-long-one-{number}!"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


async def test_the_cookie_of_a_session_is_for_us_alone(visitor: Visitor, classroom: Classroom) -> None:
    answer = await visitor.sign_in(await classroom.person("admin"))
    line = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("coursify-session="))
    assert "HttpOnly" in line
    assert "SameSite=strict" in line
    assert "Path=/" in line
    assert "Domain" not in line


@pytest.mark.parametrize("end", ["logout-all", "suspended", "password"])
async def test_what_ends_a_session_elsewhere_ends_it_here(visitor: Visitor, classroom: Classroom, end: str) -> None:
    person, admin = await classroom.person("admin"), await classroom.person("admin")
    number = person.name.removeprefix("Admin Number")
    await visitor.signed_in(person)
    assert (await visitor.get("/admin")).status_code == 200
    if end == "logout-all":
        assert (await person.post("/users/logout-all")).status_code == 200
    elif end == "suspended":
        answer = await admin.put(f"/admin/users/{person.id}", {"status": "suspended"})
        assert answer.status_code == 200, answer.text
    else:
        body = {"currentPassword": f"a-long-one-{number}!", "password": "another-long-one!"}
        answer = await person.put("/users/me/password", body)
        assert answer.status_code == 200, answer.text
    assert (await visitor.get("/admin")).status_code == 303
    assert (await visitor.send("/admin/approvals/check")).status_code in {401, 404, 405}
    assert (await visitor.send("/account/sign-out")).status_code == 401


async def test_a_session_that_was_idle_for_half_a_day_is_over(
    visitor: Visitor, classroom: Classroom, clock_file: Path
) -> None:
    await visitor.signed_in(await classroom.person("admin"))
    for hours, status in ((11, 200), (22, 200), (35, 303)):
        clock_file.write_text(str(timedelta(hours=hours).total_seconds()))
        assert (await visitor.get("/admin")).status_code == status, hours


async def test_a_session_of_the_pages_shows_when_it_was_last_used(
    visitor: Visitor, classroom: Classroom, clock_file: Path
) -> None:
    await visitor.signed_in(await classroom.person("admin"))
    uses = []
    for minutes in (1, 11, 12):
        clock_file.write_text(str(timedelta(minutes=minutes).total_seconds()))
        assert (await visitor.get("/account")).status_code == 200
        uses += await classroom.rows("SELECT max(last_used_at) FROM sessions")
    assert uses[0] < uses[1] == uses[2], "once for each renewal of the cookie"


async def test_a_changed_cookie_is_no_session(visitor: Visitor, classroom: Classroom) -> None:
    await visitor.signed_in(await classroom.person("admin"))
    cookie = visitor.cookies["coursify-session"]
    for changed in ("", "A", cookie[:-6], ("B" if cookie[0] == "A" else "A") + cookie[1:], cookie[:20] + cookie):
        visitor.cookies["coursify-session"] = changed
        assert (await visitor.get("/admin")).status_code == 303, changed


@pytest.mark.parametrize("role", ["student", "instructor"])
async def test_only_an_admin_sees_the_dashboard(visitor: Visitor, classroom: Classroom, role: str) -> None:
    await visitor.signed_in(await classroom.person(role))  # type: ignore[arg-type]
    answer = await visitor.get("/admin")
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"] in answer.text


async def test_a_second_factor_is_asked_for_and_can_be_set_up(visitor: Visitor, classroom: Classroom) -> None:
    admin = await classroom.person("admin")
    await visitor.signed_in(admin)
    begun = await visitor.send("/account/two-factor")
    secret = re.search(r'class="secret">([A-Z2-7]+)<', begun.text)
    assert secret, begun.text
    totp = pyotp.TOTP(secret[1])
    wrong = await visitor.send("/account/two-factor/confirm", code="000000")
    assert (wrong.status_code, "wrong or already used" in wrong.text) == (403, True)
    done = await visitor.send("/account/two-factor/confirm", code=totp.now())
    assert done.text.count("<code>") == 10
    other = Visitor(classroom.client)
    assert (await other.sign_in(admin)).headers["location"] == "/account/second-factor"
    await other.get("/account/second-factor")
    refused = await other.send("/account/second-factor", code="000000")
    assert (refused.status_code, "The code is wrong" in refused.text) == (401, True)
    assert (await other.get("/admin")).status_code == 303
    recovery = re.search(r"<code>([A-Z2-7-]{19})</code>", done.text)
    assert recovery
    assert (await other.send("/account/second-factor", code=recovery[1])).headers["location"] == "/admin"
    assert (await other.get("/admin")).status_code == 200


async def test_signing_out_ends_the_session(visitor: Visitor, classroom: Classroom) -> None:
    await visitor.signed_in(await classroom.person("admin"))
    session = dict(visitor.cookies)
    assert (await visitor.send("/account/sign-out")).headers["location"] == "/account/sign-in"
    assert "You are signed out." in await visitor.read("/account/sign-in")
    assert "You are signed out." not in await visitor.read("/account/sign-in"), "a notice is shown once"
    visitor.cookies = session
    assert (await visitor.get("/admin")).status_code == 303
