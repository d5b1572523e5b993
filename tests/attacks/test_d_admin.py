"""Group D: who may administrate, what that leaves untouched, and what is written down."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from tests.support.people import API, People

from coursify.core.policy import Who
from coursify.routes import ROUTES

pytestmark = pytest.mark.anyio

SOME_ID = "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"
ADMIN_PATHS = sorted({route.path for route in ROUTES if route.policy.who is Who.ADMIN})


@pytest.mark.parametrize("path", ADMIN_PATHS)
async def test_D01_nobody_but_admins_gets_anything_from_an_admin_route(people: People, path: str) -> None:
    student, instructor = await people.sign_up(), await people.sign_up("instructor")
    place = "".join(SOME_ID if part.startswith("{") else part for part in _parts(path))
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"):
        for token in (None, student.access_token, instructor.access_token):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = await people.client.request(method, place, headers=headers, json={"role": "admin"})
            assert answer.status_code in {401, 403, 404, 405}, (method, answer.status_code)
    assert await people.value("SELECT count(*) FROM audit_log WHERE action <> 'admin.denied'") == 0
    assert await people.value("SELECT count(*) FROM users WHERE role = 'admin'") == 0


def _parts(path: str) -> list[str]:
    return path.replace("{", "\0{").replace("}", "}\0").split("\0")


async def test_D02_the_last_admin_stays_one(people: People) -> None:
    admin = await people.sign_up("admin")
    for change in ({"role": "student"}, {"status": "suspended"}, {"role": "instructor", "status": "suspended"}):
        answer = await admin.call("PUT", f"/admin/users/{admin.id}", change)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "last_admin")
    assert await people.value("SELECT count(*) FROM users WHERE role = 'admin' AND status = 'active'") == 1


async def test_D02_two_admins_who_demote_each_other_leave_one(people: People) -> None:
    for _ in range(5):
        await people.db.execute("UPDATE users SET role = 'student'")
        first, second = await people.sign_up("admin"), await people.sign_up("admin")
        answers = await asyncio.gather(
            first.call("PUT", f"/admin/users/{second.id}", {"role": "student"}),
            second.call("PUT", f"/admin/users/{first.id}", {"role": "student"}),
        )
        assert min(answer.status_code for answer in answers) == 200
        assert {answer.status_code for answer in answers} <= {200, 403, 409}
        assert await people.value("SELECT count(*) FROM users WHERE role = 'admin'") == 1


async def test_D03_no_operation_lets_an_admin_set_a_password_or_read_a_token(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    for body in ({"password": "another-one-42"}, {"passwordHash": "x"}, {"email": "x@example.com"}):
        assert (await admin.call("PUT", f"/admin/users/{ada.id}", body)).status_code == 422
        assert (await admin.call("PUT", f"/users/{ada.id}", body)).status_code == 422
    told = (await admin.call("GET", "/admin/users")).text
    assert "argon2" not in told
    assert "token" not in told.lower()
    assert (await ada.login()).status_code == 200


@pytest.mark.parametrize("path", ["/users/me", "/users/{id}"])
async def test_D04_nobody_grants_a_role_to_oneself(people: People, path: str) -> None:
    ada = await people.sign_up()
    assert (await ada.call("PUT", path.format(id=ada.id), {"role": "admin"})).status_code == 422
    assert (await ada.call("PUT", f"/admin/users/{ada.id}", {"role": "admin"})).status_code == 403
    assert await people.value("SELECT role FROM users") == "student"


@pytest.mark.parametrize("search", ["%", "_", "' OR 1=1--", "\\", "(a+)+$" * 30, "%25", "{{7*7}}"])
async def test_D06_a_search_is_taken_literally(people: People, search: str) -> None:
    admin = await people.sign_up("admin")
    await people.sign_up(name="Per Cent")
    started = time.monotonic()
    answer = await people.client.get(
        f"{API}/admin/users",
        params={"search": search},
        headers={"Authorization": f"Bearer {admin.access_token}"},
    )
    assert time.monotonic() - started < 1
    assert answer.status_code == 200
    assert answer.json()["meta"]["total"] == 0


async def test_D06_a_search_of_ten_thousand_characters_is_refused(people: People) -> None:
    admin = await people.sign_up("admin")
    assert (await admin.call("GET", "/admin/users?search=" + "a" * 10_000)).status_code == 422


async def test_D06_people_are_found_by_a_part_of_the_name_or_address(people: People) -> None:
    admin = await people.sign_up("admin", name="Boss")
    await people.sign_up(name="Wanda 50%_off", email="wanda@example.com")
    for search in ("50%_", "WANDA", "anda@exam"):
        found = (await admin.call("GET", f"/admin/users?search={search.replace('%', '%25')}")).json()
        assert [person["email"] for person in found["data"]] == ["wanda@example.com"], search


@pytest.mark.parametrize(
    "query",
    [
        "order_by=password_hash",
        "sort=password_hash",
        "fields=*",
        "limit=1000000000",
        "limit=0",
        "page=0",
        "offset=-1",
        "cursor=tampered",
        "role=root",
        "status=deleted",
        "page=2&cursor=x",
    ],
)
@pytest.mark.parametrize("path", ["/admin/users", "/admin/audit-log", "/admin/reviews", "/admin/notices"])
async def test_D07_an_unknown_order_field_or_page_is_refused(people: People, path: str, query: str) -> None:
    admin = await people.sign_up("admin")
    assert (await admin.call("GET", f"{path}?{query}")).status_code in {400, 422}


async def test_D07_a_cursor_walks_the_whole_list_once(people: People) -> None:
    admin = await people.sign_up("admin")
    for _ in range(4):
        await people.sign_up()
    seen: list[str] = []
    path = "/admin/users?limit=2"
    while path:
        page = (await admin.call("GET", path)).json()
        seen += [person["id"] for person in page["data"]]
        cursor = page["meta"]["nextCursor"]
        path = f"/admin/users?limit=2&cursor={cursor}" if cursor else ""
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("path", ["/jobs", "/debug", "/flower"])
async def test_D10_there_is_no_job_dashboard_to_be_seen_from_outside(people: People, path: str) -> None:
    assert (await people.client.get(path)).status_code in {403, 404}


@pytest.mark.parametrize("path", ["/admin/jobs", "/admin/audit-log/../jobs"])
async def test_D10_a_stranger_is_sent_from_the_page_of_jobs_to_the_sign_in(people: People, path: str) -> None:
    answer = await people.client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/sign-in?next=/admin/jobs")


async def test_D12_every_change_of_role_or_status_is_written_down(people: People) -> None:
    ada, admin = await people.sign_up(), await people.sign_up("admin")
    for change in ({"role": "instructor"}, {"status": "suspended"}, {"status": "active"}, {"role": "instructor"}):
        assert (await admin.call("PUT", f"/admin/users/{ada.id}", change)).status_code == 200
    lines = (await admin.call("GET", f"/admin/audit-log?targetId={ada.id}")).json()["data"]
    written: list[tuple[str, Any]] = [(line["action"], line["details"]) for line in reversed(lines)]
    assert written == [
        ("user.role_changed", {"from": "student", "to": "instructor"}),
        ("user.status_changed", {"from": "active", "to": "suspended"}),
        ("user.status_changed", {"from": "suspended", "to": "active"}),
    ]
    assert {line["actorId"] for line in lines} == {admin.id}
    assert all(line["requestId"] for line in lines)


async def test_D12_a_refused_change_is_written_down_too(people: People) -> None:
    admin = await people.sign_up("admin")
    await admin.call("PUT", f"/admin/users/{admin.id}", {"role": "student"})
    assert await people.value("SELECT action FROM audit_log") == "user.change_refused"


@pytest.mark.parametrize("text", ["%00", "1%00", "a%0Ab%1B"])
async def test_D06_a_search_with_signs_that_are_no_text_is_refused(people: People, text: str) -> None:
    admin = await people.sign_up("admin")
    assert (await admin.call("GET", f"/admin/users?search={text}")).status_code == 422


async def test_D12_what_someone_tried_in_vain_is_written_down_but_does_not_fill_the_log(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    student, admin = await people.sign_up(client=strict_client), await people.sign_up("admin")
    for _ in range(15):
        assert (await student.call("PUT", f"/admin/users/{student.id}", {"role": "admin"})).status_code == 403
    assert (await student.call("GET", "/admin/users")).status_code == 403
    lines = (await admin.call("GET", f"/admin/audit-log?actorId={student.id}")).json()["data"]
    assert len(lines) == 10
    assert {(line["action"], line["details"]["operation"], line["details"]["why"]) for line in lines} == {
        ("admin.denied", "change_user", "forbidden")
    }
    assert all(line["requestId"] for line in lines)


async def test_D12_a_change_without_a_fresh_password_is_written_down(people: People) -> None:
    admin = await people.sign_up("admin")
    await people.db.execute("UPDATE sessions SET authenticated_at = authenticated_at - interval '1 hour'")
    assert (await admin.call("PUT", f"/admin/users/{admin.id}", {"role": "student"})).status_code == 403
    assert await people.value("SELECT details->>'why' FROM audit_log") == "step_up_required"
