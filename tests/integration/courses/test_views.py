"""Views of courses: once for each viewer and day, whatever the number of replicas."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.classroom import PREFIX, Classroom, Json, refusal
from tests.support.servers import ServerAddresses
from tests.support.views import Replica, replica, stored

from coursify.core import database
from coursify.core.cache import make_redis
from coursify.core.database import Params
from coursify.core.settings import Settings
from coursify.rates import RATES

pytestmark = pytest.mark.anyio


@pytest.fixture
def first(app: FastAPI, client: httpx.AsyncClient) -> Replica:
    return Replica(app, client)


@pytest.fixture
async def course(classroom: Classroom) -> Json:
    return await classroom.published(await classroom.person("instructor"))


async def test_a_viewer_counts_once_a_day(classroom: Classroom, first: Replica, course: Json) -> None:
    for _ in range(3):
        answer = await first.view(course["id"])
        assert (answer.status_code, answer.json()["data"]) == (202, None)
    await first.flush()
    assert await stored(classroom) == [(3, 1)]
    await first.view(course["id"], agent="another browser")
    await first.flush()
    assert await stored(classroom) == [(4, 2)]


async def test_a_person_counts_once_on_every_device(classroom: Classroom, first: Replica, course: Json) -> None:
    ada, bob = await classroom.person("student"), await classroom.person("student")
    for agent in ("a telephone", "a browser"):
        await first.view(course["id"], agent=agent, token=ada.token)
    await first.view(course["id"], token=bob.token)
    await first.flush()
    assert await stored(classroom) == [(3, 2)]


async def test_the_owner_and_admins_do_not_count(classroom: Classroom, first: Replica) -> None:
    owner, admin, other = [await classroom.person(role) for role in ("instructor", "admin", "instructor")]
    course = await classroom.published(owner)
    for person in (owner, admin, other):
        assert (await first.view(course["id"], token=person.token)).status_code == 202
    await first.flush()
    assert await stored(classroom) == [(1, 1)]


async def test_each_course_and_each_day_count_apart(
    classroom: Classroom, first: Replica, course: Json, clock_file: Path
) -> None:
    other = await classroom.published(await classroom.person("instructor"))
    await first.view(course["id"])
    await first.view(other["id"])
    clock_file.write_text(str(24 * 3600))
    await first.view(course["id"])
    await first.flush()
    assert await stored(classroom) == [(1, 1)] * 3
    [(days,)] = await classroom.rows(
        "SELECT array_agg(day ORDER BY day) FROM course_views WHERE course_id = %s", course["id"]
    )
    assert (days[1] - days[0]).days == 1


async def test_only_courses_on_sale_can_be_viewed(classroom: Classroom, first: Replica) -> None:
    owner, admin = await classroom.person("instructor"), await classroom.person("admin")
    rejected = await classroom.pending(owner)
    await admin.post(f"/admin/courses/{rejected['id']}/reject", {"reason": "Too short"})
    deleted = await classroom.published(owner)
    await owner.delete(f"/courses/{deleted['id']}")
    hidden = [await classroom.draft(owner), await classroom.pending(owner), rejected, deleted]
    for course_id in [course["id"] for course in hidden] + [uuid4()]:
        for token in (None, owner.token, admin.token):
            assert refusal(await first.view(course_id, token=token)) == (404, "course_not_found")
    suspended = await classroom.person("instructor")
    course = await classroom.published(suspended)
    await admin.put(f"/admin/users/{suspended.id}", {"status": "suspended"})
    assert refusal(await first.view(course["id"])) == (404, "course_not_found")
    await first.flush()
    assert await stored(classroom) == []


async def test_a_malformed_id_is_not_found(first: Replica, course: Json) -> None:
    for wrong in (
        course["slug"],
        "1",
        "mine",
        "%00",
        f"{{{course['id']}}}",
        course["id"].replace("-", ""),
        "x" * 5_000,
    ):
        assert (await first.view(wrong)).status_code == 404, wrong
    assert (await first.client.get(f"{PREFIX}/courses/{course['id']}/view")).status_code in {404, 405}


async def test_replicas_add_up_and_store_what_is_left_when_they_shut_down(
    classroom: Classroom, first: Replica, course: Json, settings: Settings, servers: ServerAddresses
) -> None:
    servers.require_redis()
    async with replica(settings) as second:
        for number in range(6):
            await asyncio.gather(*(each.view(course["id"], agent=f"agent {number}") for each in (first, second)))
            if number == 3:
                await asyncio.gather(first.flush(), second.flush())
        await first.flush()
    assert await stored(classroom) == [(12, 6)]


async def test_the_same_viewer_many_times_at_once_counts_once(
    classroom: Classroom, first: Replica, course: Json
) -> None:
    await asyncio.gather(*(first.view(course["id"]) for _ in range(50)))
    await asyncio.gather(*(first.flush() for _ in range(5)))
    assert await stored(classroom) == [(50, 1)]


async def test_views_ask_postgresql_once_for_the_course_and_begin_no_transaction(
    first: Replica, course: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []

    async def record(sql: str, _params: Params) -> None:
        texts.append(sql)

    monkeypatch.setattr(database, "before_statement", record)
    for number in range(5):
        await first.view(course["id"], agent=f"agent {number}")
    assert len([text for text in texts if "courses" in text]) == 1
    assert "COMMIT" not in texts


async def test_what_redis_keeps_of_a_viewer_names_nobody_and_ends_after_the_day(
    classroom: Classroom, first: Replica, course: Json, settings: Settings, servers: ServerAddresses
) -> None:
    servers.require_redis()
    redis = make_redis(settings.redis)
    await redis.flushdb()
    ada = await classroom.person("student")
    await first.view(course["id"], agent="Canary/1.0")
    await first.view(course["id"], token=ada.token)
    [name] = [key async for key in redis.scan_iter("views:*")]
    assert name.decode() == f"views:{datetime.now(UTC).date()}:{course['id']}"
    members = await redis.hkeys(name)
    assert [len(member) for member in members] == [16, 16]
    assert not any(word in b"".join(members) for word in (b"Canary", UUID(str(ada.id)).bytes))
    assert 0 < await redis.ttl(name) <= 25 * 3600
    await redis.aclose()


async def test_a_wiped_redis_counts_nobody_twice_in_the_same_process(
    classroom: Classroom, first: Replica, course: Json, settings: Settings, servers: ServerAddresses
) -> None:
    servers.require_redis()
    await first.view(course["id"])
    redis = make_redis(settings.redis)
    await redis.flushdb()
    await redis.aclose()
    await first.view(course["id"])
    await first.flush()
    assert await stored(classroom) == [(2, 1)]


async def test_a_view_takes_no_idempotency_key(classroom: Classroom, first: Replica, course: Json) -> None:
    ada = await classroom.person("student")
    for key in ("short", "a-key-of-a-client-1"):
        answer = await ada.post(f"/courses/{course['id']}/view", headers={"Idempotency-Key": key})
        assert (answer.status_code, "idempotent-replayed" in answer.headers) == (202, False)
    assert await classroom.rows("SELECT count(*) FROM idempotency_keys") == [(0,)]


async def test_views_have_a_limit_of_their_own(strict_client: httpx.AsyncClient) -> None:
    answer = await strict_client.post(f"{PREFIX}/courses/{uuid4()}/view")
    assert answer.headers["ratelimit-policy"] == f'"view";q={RATES["view"].limit};w=3600'


async def test_views_of_a_course_whose_row_is_gone_block_no_others(
    classroom: Classroom, first: Replica, course: Json, clean_database: Callable[[], None]
) -> None:
    await first.view(course["id"])
    clean_database()
    other = await classroom.published(await classroom.person("instructor"))
    await first.view(other["id"])
    await first.flush()
    assert await stored(classroom) == [(1, 1)]
    assert not resources_of(first.app).views.has_unsaved
