"""Group P, exports and erasures: whose they are, what they hold, what stays."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.support.people import API, People, Person
from tests.support.servers import ServerAddresses

from coursify.core.cache import make_redis
from coursify.core.settings import Settings
from coursify.personal_data import ROOMS

pytestmark = pytest.mark.anyio


async def _export_url(people: People, person: Person) -> str:
    first = await person.call("GET", "/users/me/export")
    assert (first.status_code, first.json()["data"]["status"]) == (202, "preparing")
    await people.run_jobs()
    ready = (await person.call("GET", "/users/me/export")).json()["data"]
    assert (ready["status"], ready["progress"]) == ("ready", 100)
    return str(ready["url"]).removeprefix("http://testserver")


async def test_P08_an_account_is_not_erased_without_a_recent_password(people: People, clock_file: Path) -> None:
    ada = await people.sign_up()
    clock_file.write_text(str(timedelta(minutes=11).total_seconds()))
    ada.session |= (await ada.refresh()).json()["data"]
    answer = await ada.call("DELETE", f"/users/{ada.id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "step_up_required")
    assert await people.value("SELECT count(*) FROM users WHERE status = 'active'") == 1
    assert (await ada.call("POST", "/users/me/step-up", {"password": ada.password})).status_code == 200
    assert (await ada.call("DELETE", f"/users/{ada.id}")).status_code == 202


async def test_P09_erasing_twice_at_once_is_one_erasure(people: People) -> None:
    ada = await people.sign_up()
    answers = await asyncio.gather(*(ada.call("DELETE", f"/users/{ada.id}") for _ in range(2)))
    assert {answer.status_code for answer in answers} <= {202, 401}
    assert UUID(next(answer for answer in answers if answer.status_code == 202).json()["data"]["id"]).version == 7
    assert await people.value("SELECT count(*) FROM erasure_requests") == 1
    # Each step now, and again when every request of before has ended.
    steps = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'privacy.run_step'"
    assert await people.value(steps) == 2 * len(ROOMS)
    assert not await ada.is_signed_in()
    assert (await ada.login()).status_code == 401
    assert (await ada.refresh()).status_code == 401


async def test_P10_an_export_is_read_only_with_its_own_link_and_in_time(people: People, clock_file: Path) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    url, other_url = await _export_url(people, ada), await _export_url(people, eve)
    archive = (await people.client.get(url)).json()
    account = archive["account"][0]
    assert (account["email"], account["createdAt"][-1]) == (ada.email, "Z")
    assert archive["emails"][0]["messageKey"] == f"welcome:{ada.id}"
    stolen = url.split("?")[0] + "?" + other_url.split("?")[1]
    for guess in (url.split("?")[0], url[:-1], stolen, f"{API}/users/exports/{uuid4()}?{url.split('?')[1]}"):
        assert (await people.client.get(guess)).status_code == 404
    clock_file.write_text(str(timedelta(hours=24, minutes=1).total_seconds()))
    late = await people.client.get(url)
    assert (late.status_code, late.json()["error"]["code"]) == (410, "export_expired")


async def test_P10_an_export_is_stored_sealed(people: People) -> None:
    ada = await people.sign_up()
    await _export_url(people, ada)
    stored = await people.value("SELECT encode(content, 'escape') FROM data_exports")
    assert ada.email not in stored


async def test_A10_who_is_erased_is_signed_out_at_once(people: People) -> None:
    ada = await people.sign_up()
    other = await ada.signed_in_again()
    assert await other.is_signed_in()
    assert (await ada.call("DELETE", f"/users/{ada.id}")).status_code == 202
    for person in (ada, other):
        assert not await person.is_signed_in()
        assert (await person.refresh()).status_code == 401
    assert (await ada.login()).status_code == 401


async def test_D02_the_last_admin_cannot_erase_themselves(people: People) -> None:
    admin = await people.sign_up("admin")
    answer = await admin.call("DELETE", f"/users/{admin.id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "last_admin")


async def test_nobody_erases_someone_else(people: People) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    assert (await eve.call("DELETE", f"/users/{ada.id}")).status_code == 404
    assert await ada.is_signed_in()


async def test_an_erased_person_is_nowhere_to_be_found(
    people: People, settings: Settings, servers: ServerAddresses
) -> None:
    servers.require_redis()
    canary = "canary7f3q"
    ada = await people.sign_up(name=f"Name {canary}", email=f"{canary}@example.com")
    await ada.call("PUT", "/users/me", {"bio": f"bio {canary}"})
    await ada.login(headers={"User-Agent": f"other {canary}"})
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    await _export_url(people, ada)
    assert (await ada.call("DELETE", f"/users/{ada.id}")).status_code == 202
    await people.run_jobs()
    [receipt] = await people.emails(ada.email, kind="erasure_receipt")
    assert "0 payments" in receipt["text"]
    assert canary not in await _dump(people)
    redis = make_redis(settings.redis)
    assert not [key async for key in redis.scan_iter(f"*{canary}*")]
    await redis.aclose()
    assert await people.value("SELECT completed_at IS NOT NULL FROM erasure_requests")
    assert await people.value("SELECT count(*) FROM tombstones") == 1


async def _dump(people: People) -> str:
    """Every row of every table, as text."""
    tables = await (await people.db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).fetchall()
    rows = [str(await (await people.db.execute(f"SELECT t::text FROM {table} AS t")).fetchall()) for (table,) in tables]
    return "\n".join(rows)


async def test_P11_an_erased_instructor_leaves_courses_and_bookings_without_a_name(people: People) -> None:
    teacher = await people.sign_up("instructor", name="Canary Teacher")
    body = {"title": "Rust", "description": "<p>Words</p>", "price": 0, "category": "development"}
    course = (await teacher.call("POST", "/courses", body)).json()["data"]
    await teacher.call("POST", f"/courses/{course['id']}/lessons", {"title": "One", "content": "<p>One</p>"})
    await teacher.call("POST", f"/courses/{course['id']}/submit")
    admin, learner = await people.sign_up("admin"), await people.sign_up()
    assert (await admin.call("POST", f"/admin/courses/{course['id']}/approve")).status_code == 200
    assert (await learner.call("POST", "/enrollments", {"courseId": course["id"]})).status_code == 201
    assert (await teacher.call("DELETE", f"/users/{teacher.id}")).status_code == 202
    await people.run_jobs()
    assert (await people.client.get(f"{API}/courses")).json()["meta"]["total"] == 0
    taken_down = "SELECT details->>'reason' FROM audit_log WHERE action = 'course.delete' AND target_id = %s"
    assert await people.value(taken_down, course["id"]) == "its instructor was erased"
    lesson = await people.value("SELECT id FROM lessons")
    seen = await learner.call("GET", f"/courses/{course['id']}/lessons/{lesson}")
    assert seen.status_code == 200
    mine = await learner.call("GET", "/enrollments")
    assert "Canary Teacher" not in seen.text + mine.text
