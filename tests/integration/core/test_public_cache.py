"""The cache in front of the router: fast for what is the same for everyone, never wrong, never somebody's own."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from tests.support.application import client_of, client_to, resources_of
from tests.support.classroom import PREFIX, Classroom, Person
from tests.support.servers import TestRedis, start_test_redis

from coursify import app as application
from coursify.core import database
from coursify.core.answers import Answer, PublicAnswers
from coursify.core.counted import STATEMENTS
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio

# Long enough for a slow machine, and shorter than the time for which an answer is kept.
EVERYWHERE_SECONDS = 1.0


@pytest.fixture
async def elsewhere(settings: Settings, app: FastAPI, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """An anonymous client of a second replica, with the same PostgreSQL and Redis."""
    built = application.build(settings)
    async with built.router.lifespan_context(built), client_to(built, settings) as opened:
        for each in (app, built):
            await _until_trusted(each)
        yield opened


async def _until_trusted(app: FastAPI) -> None:
    while not resources_of(app).answers.is_trusted():  # noqa: ASYNC110  # the clock, not an event, decides
        await asyncio.sleep(0.01)


class _Counted:
    """Counts the statements of this process, until the block ends."""

    def __enter__(self) -> Self:
        self.statements = 0
        database.before_statement = self._count
        return self

    def __exit__(self, *_error: object) -> None:
        database.before_statement = None

    async def _count(self, sql: str, _params: object) -> None:
        # Those of background tasks are nobody's.
        self.statements += STATEMENTS.get() is not None and "FROM" in sql


async def _queries(client: httpx.AsyncClient, path: str, **options: Any) -> int:
    """How many statements that read a table a request takes."""
    with _Counted() as counted:
        assert (await client.get(PREFIX + path, **options)).status_code == 200
    return counted.statements


async def _is_kept(client: httpx.AsyncClient, path: str) -> bool:
    """Whether it comes from the cache within two seconds: news of an earlier change may still arrive and drop it."""
    for _ in range(40):
        if await _queries(client, path) == 0:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_repeated_list_and_course_cost_no_statement(classroom: Classroom) -> None:
    course = await classroom.published(await classroom.person("instructor"))
    for path in ("/courses", f"/courses/{course['id']}", f"/courses/{course['slug']}", "/categories"):
        assert await _queries(classroom.client, path) >= 1
        assert await _is_kept(classroom.client, path)


async def test_parameters_in_any_order_are_one_answer_and_empty_ones_are_none(classroom: Classroom) -> None:
    await classroom.published(await classroom.person("instructor"))
    assert await _is_kept(classroom.client, "/courses?limit=5&level=all")
    for same in ("level=all&limit=5", "level=all&limit=5&search=", "category=%20&limit=5&level=all"):
        assert await _queries(classroom.client, f"/courses?{same}") == 0
    assert await _queries(classroom.client, "/courses?limit=6&level=all") >= 1


async def test_what_the_operation_does_not_know_or_refuses_is_not_kept(classroom: Classroom, app: FastAPI) -> None:
    before = len(resources_of(app).answers)
    for path in ("/courses?unknown=1", "/courses?limit=1&limit=1", "/courses?limit=0", "/courses/nowhere"):
        first, second = await classroom.get(path), await classroom.get(path)
        assert first.status_code == second.status_code
        assert first.status_code in {200, 404, 422}
    assert len(resources_of(app).answers) == before


async def test_a_credential_a_cookie_and_a_body_pass_the_cache_by(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    path = f"/courses/{course['id']}"
    await _queries(classroom.client, path)
    assert await _queries(classroom.client, path, headers={"Cookie": "a=b"}) >= 1
    assert (await ada.get(path)).headers["cache-control"] == "private, no-store"
    assert await _queries(classroom.client, path, headers={"Authorization": "Bearer no"}) >= 1
    assert (await classroom.get(path)).headers["cache-control"] == "public, max-age=15"


async def test_drafts_and_what_only_their_authors_see_never_enter(classroom: Classroom, app: FastAPI) -> None:
    ada = await classroom.person("instructor")
    draft = await classroom.draft(ada)
    path = f"/courses/{draft['id']}"
    assert (await ada.get(path)).status_code == 200
    assert (await classroom.get(path)).status_code == 404
    published = await classroom.published(ada)
    shown = (await ada.get(f"/courses/{published['id']}")).json()["data"]
    assert "rejectionReason" in shown
    assert "rejectionReason" not in (await classroom.get(f"/courses/{published['id']}")).json()["data"]
    assert (await ada.get(path)).status_code == 200
    assert (await classroom.get(path)).status_code == 404


async def test_gzip_and_identity_have_their_own_tags_and_both_are_asked_again(classroom: Classroom) -> None:
    await classroom.published(await classroom.person("instructor"), description="<p>" + "word " * 500 + "</p>")
    plain = await classroom.get("/courses", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    async with classroom.client.stream("GET", PREFIX + "/courses", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert len(raw) == int(packed.headers["content-length"]) < len(plain.content)
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    for headers in (
        {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]},
        {"Accept-Encoding": "identity", "If-None-Match": plain.headers["etag"]},
    ):
        again = await classroom.get("/courses", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == headers["If-None-Match"]
    head = await classroom.client.head(PREFIX + "/courses", headers={"Accept-Encoding": "identity"})
    assert (head.content, head.headers["content-length"]) == (b"", str(len(plain.content)))


async def test_the_first_of_many_equal_requests_runs_the_operation_alone(classroom: Classroom) -> None:
    await classroom.published(await classroom.person("instructor"))
    with _Counted() as counted:
        answers = await asyncio.gather(*(classroom.get("/courses?limit=7") for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert counted.statements == 1


async def test_cached_answers_count_for_the_limits_and_have_an_id(classroom: Classroom) -> None:
    answers = [await classroom.get("/categories") for _ in range(3)]
    left = [int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0]) for answer in answers]
    assert left[0] - left[1] == left[1] - left[2] == 1
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
    assert answers[2].headers["x-content-type-options"] == "nosniff"


async def _see(client: httpx.AsyncClient, path: str, price: int) -> float:
    """How many seconds until a client sees the price, or None for a course that is gone."""
    began = time.monotonic()
    while True:
        answer = await client.get(PREFIX + path)
        shown = answer.json()["data"]["price"] if answer.status_code == 200 else None
        if shown == price:
            return time.monotonic() - began
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.005)


@pytest.mark.slow
async def test_a_changed_price_is_seen_by_its_author_at_once_and_elsewhere_within_a_second(
    classroom: Classroom, elsewhere: httpx.AsyncClient
) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    path = f"/courses/{course['id']}"
    slowest = 0.0
    for price in range(1_000, 1_030):
        assert (await elsewhere.get(PREFIX + path)).status_code == 200
        assert (await elsewhere.get(PREFIX + "/courses")).status_code == 200
        assert (await ada.put(path, {"price": price})).status_code == 200
        assert (await classroom.get(path)).json()["data"]["price"] == price
        assert (await classroom.get("/courses")).json()["data"][0]["price"] == price
        slowest = max(slowest, await _see(elsewhere, path, price))
        assert (await elsewhere.get(PREFIX + "/courses")).json()["data"][0]["price"] == price
    assert slowest < EVERYWHERE_SECONDS


async def test_a_course_that_is_taken_down_is_gone_everywhere_within_a_second(
    classroom: Classroom, elsewhere: httpx.AsyncClient
) -> None:
    ada, admin = await classroom.person("instructor"), await classroom.person("admin")
    course = await classroom.published(ada)
    path = f"/courses/{course['id']}"
    assert (await elsewhere.get(PREFIX + path)).status_code == 200
    assert (await elsewhere.get(PREFIX + "/courses")).json()["meta"]["total"] == 1
    await _suspend(admin, ada)
    assert (await classroom.get(path)).status_code == 404
    began = time.monotonic()
    while (await elsewhere.get(PREFIX + path)).status_code != 404:
        assert time.monotonic() - began < EVERYWHERE_SECONDS
        await asyncio.sleep(0.005)
    assert (await elsewhere.get(PREFIX + "/courses")).json()["meta"]["total"] == 0


async def _suspend(admin: Person, instructor: Person) -> None:
    answer = await admin.put(f"/admin/users/{instructor.id}", {"status": "suspended"})
    assert answer.status_code == 200, answer.text


async def test_what_others_change_of_a_course_is_seen_at_once(classroom: Classroom) -> None:
    """A lesson, a section, the name of its instructor, a category."""
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    path = f"/courses/{course['id']}"
    before = (await classroom.get(path)).json()["data"]
    await classroom.lesson(ada, course, title="One more")
    assert [lesson["title"] for lesson in (await classroom.get(path)).json()["data"]["lessons"]][-1] == "One more"
    assert (await ada.put("/users/me", {"name": "Another Name"})).status_code == 200
    after = (await classroom.get(path)).json()["data"]
    assert (before["instructor"]["name"], after["instructor"]["name"]) == (ada.name, "Another Name")
    counts = (await classroom.get("/categories")).json()["data"]
    await classroom.db.execute("UPDATE categories SET name = 'Renamed' WHERE slug = 'development'")
    assert (await classroom.get("/categories")).json()["data"] != counts


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[TestRedis]:
    redis = start_test_redis(tmp_path)
    yield redis
    redis.stop()


@pytest.mark.slow
async def test_with_redis_killed_in_the_middle_everything_is_still_true(
    classroom: Classroom, settings: Settings, own_redis: TestRedis
) -> None:
    redis = settings.redis.model_copy(update={"redis_url": SecretStr(own_redis.url())})
    theirs = dataclasses.replace(settings, redis=redis)
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    path = f"/courses/{course['id']}"
    async with client_of(theirs) as one, client_of(theirs) as two:
        for price in range(2_000, 2_012):
            if price == 2_004:
                own_redis.stop()
            if price == 2_008:
                own_redis.start()
            await asyncio.gather(one.get(PREFIX + path), two.get(PREFIX + path))
            assert (await ada.put(path, {"price": price})).status_code == 200
            for client in (one, two):
                assert await _see(client, path, price) < EVERYWHERE_SECONDS + 0.5


async def test_another_replica_finds_in_redis_what_this_one_has_read(
    classroom: Classroom, elsewhere: httpx.AsyncClient
) -> None:
    course = await classroom.published(await classroom.person("instructor"))
    path = f"/courses/{course['id']}"
    # Both replicas have raised the version after the last change.
    await asyncio.sleep(0.3)
    here = await classroom.get(path)
    assert await _queries(elsewhere, path) == 0
    assert (await elsewhere.get(PREFIX + path)).content == here.content


async def test_an_answer_that_was_read_before_a_change_is_not_kept_after_it(classroom: Classroom, app: FastAPI) -> None:
    course = await classroom.published(await classroom.person("instructor"))
    answers: PublicAnswers = resources_of(app).answers
    path = f"/courses/{course['id']}"
    reading = asyncio.create_task(classroom.get(path))
    while not reading.done():
        answers.receive(course["id"])
        await asyncio.sleep(0)
    assert (await reading).status_code == 200
    assert answers.find(f"{PREFIX}{path}?") is None


async def test_while_notifications_may_be_lost_an_answer_is_kept_for_a_second(
    classroom: Classroom, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await classroom.get("/categories")
    answers = resources_of(app).answers
    monkeypatch.setattr(answers, "is_trusted", lambda: False)
    kept = answers.find(f"{PREFIX}/categories?")
    assert kept
    kept.made_at -= 1.1
    assert answers.find(f"{PREFIX}/categories?") is None


async def test_an_answer_that_has_grown_old_is_shown_while_one_request_reads_a_new_one(
    classroom: Classroom, app: FastAPI
) -> None:
    await classroom.get("/categories")
    answers = resources_of(app).answers
    kept = answers.find(f"{PREFIX}/categories?")
    assert kept
    kept.made_at -= kept.max_age + 1
    assert await _queries(classroom.client, "/categories") <= 1
    async with asyncio.timeout(2):
        while answers.find(f"{PREFIX}/categories?") is kept:  # noqa: ASYNC110  # a background task replaces it
            await asyncio.sleep(0.01)


def test_the_oldest_answers_make_room() -> None:
    answers = PublicAnswers(max_bytes=20_000)
    for number in range(50):
        answers.keep(str(number), Answer(b"x" * 500, '"a"', 15, "", frozenset({str(number)})))
    assert len(answers) == 10
    assert answers.find("49")
    assert answers.find("39") is None


async def test_an_answer_from_the_cache_says_that_it_varies_by_origin_as_any_other(
    settings: Settings, clean: None
) -> None:
    allowing = settings.app.model_copy(update={"cors_origins": ("https://school.example",)})
    async with client_of(dataclasses.replace(settings, app=allowing)) as client:
        for _ in range(3):
            answer = await client.get(PREFIX + "/courses")
            assert {name.strip() for name in answer.headers["vary"].split(",")} >= {"Authorization", "Origin"}
        foreign = await client.get(PREFIX + "/courses", headers={"Origin": "https://school.example"})
        assert foreign.headers["access-control-allow-origin"] == "https://school.example"
