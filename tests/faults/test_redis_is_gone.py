"""Without Redis, sign-in, search, purchases and learning still work."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from tests.support.application import client_of
from tests.support.classroom import PREFIX, Classroom
from tests.support.servers import TestRedis, start_test_redis
from tests.support.shop import Shop
from tests.support.stripe_standin import StripeStandin

from coursify.core.database import Connection
from coursify.core.settings import RedisSettings, Settings
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[TestRedis]:
    redis = start_test_redis(tmp_path)
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
async def lonely(settings: Settings, own_redis: TestRedis, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose Redis the test can stop."""
    own = dataclasses.replace(settings, redis=RedisSettings(redis_url=SecretStr(own_redis.url())))
    async with client_of(own) as opened:
        yield opened


async def test_without_redis_people_sign_in_search_buy_and_learn(
    lonely: httpx.AsyncClient,
    own_redis: TestRedis,
    classroom: Classroom,
    stripe_standin: StripeStandin,
    resources: Resources,
    run_jobs: RunJobs,
    db: Connection,
) -> None:
    course = await classroom.published(await classroom.person("instructor"))
    own_redis.stop()

    there = dataclasses.replace(classroom, client=lonely)
    student = await there.person("student")
    signed_in = await lonely.post(
        PREFIX + "/users/login", json={"email": "nobody@example.com", "password": "wrong-but-long!"}
    )
    assert signed_in.status_code == 401
    listed = await lonely.get(PREFIX + "/courses")
    assert [row["id"] for row in listed.json()["data"]] == [course["id"]]
    await Shop(lonely, stripe_standin, resources, run_jobs).buy(student, course["id"])
    lesson = (await student.get(f"/courses/{course['id']}")).json()["data"]["lessons"][0]
    opened = await student.get(f"/courses/{course['id']}/lessons/{lesson['id']}")
    assert opened.json()["data"]["content"]
    ready = await lonely.get("/health/ready")
    assert (ready.status_code, ready.json()["data"]["redis"]) == (200, "down")


async def test_redis_can_be_wiped_while_people_are_signed_in(
    lonely: httpx.AsyncClient, own_redis: TestRedis, classroom: Classroom
) -> None:
    student = await dataclasses.replace(classroom, client=lonely).person("student")
    own_redis.stop()
    own_redis.start()
    assert (await student.get("/users/me")).status_code == 200
