"""Views are counted without Redis, and none is lost or counted twice when a COMMIT fails or its reply is lost."""

from __future__ import annotations

import asyncio
import dataclasses
import signal
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from tests.support.classroom import PREFIX, Classroom, Json
from tests.support.flaky_proxy import When, flaky_proxy
from tests.support.servers import start_test_redis
from tests.support.system import System
from tests.support.views import Replica, replica, stored

from coursify.core.database import CommitRefused, Connection
from coursify.core.settings import RedisSettings, Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def course(classroom: Classroom) -> Json:
    return await classroom.published(await classroom.person("instructor"))


async def test_without_redis_views_are_counted_by_the_process(
    classroom: Classroom, course: Json, settings: Settings, tmp_path: Path
) -> None:
    redis = start_test_redis(tmp_path)
    redis.start()
    own = dataclasses.replace(settings, redis=RedisSettings(redis_url=SecretStr(redis.url())))
    async with replica(own) as lonely:
        await lonely.view(course["id"], agent="before")
        redis.stop()
        for agent in ("before", "after", "after"):
            assert (await lonely.view(course["id"], agent=agent)).status_code == 202
    assert await stored(classroom) == [(4, 2)]


async def test_what_a_failed_commit_did_not_store_is_stored_by_the_next_one(
    app: FastAPI, client: httpx.AsyncClient, classroom: Classroom, course: Json, db: Connection
) -> None:
    counting = Replica(app, client)
    await counting.view(course["id"])
    await db.execute(
        "CREATE OR REPLACE FUNCTION refuse_views() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$"
    )
    await db.execute(
        "CREATE CONSTRAINT TRIGGER refuse_views AFTER INSERT OR UPDATE ON course_views "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_views()"
    )
    try:
        for agent in ("two", "three"):
            await counting.view(course["id"], agent=agent)
            with pytest.raises((psycopg.OperationalError, CommitRefused)):
                await counting.flush()
    finally:
        await db.execute("DROP TRIGGER refuse_views ON course_views")
    assert await stored(classroom) == []
    await counting.flush()
    assert await stored(classroom) == [(3, 3)]


@pytest.mark.parametrize("when", ["before", "after", "either"])
async def test_a_lost_commit_or_reply_loses_no_view_and_doubles_none(
    classroom: Classroom, course: Json, settings: Settings, when: When
) -> None:
    async with flaky_proxy(settings.database.database_url.get_secret_value()) as proxy:
        database = settings.database.model_copy(update={"database_url": SecretStr(proxy.url)})
        async with replica(dataclasses.replace(settings, database=database)) as fragile:
            proxy.arm(share=0.5, when=when)
            for number in range(20):
                await fragile.view(course["id"], agent=f"agent {number}")
                try:
                    await fragile.flush()
                except psycopg.OperationalError:
                    await asyncio.sleep(0)
            assert sum(proxy.cuts.values()) > 0
            proxy.disarm()
    assert await stored(classroom) == [(20, 20)]


async def test_a_process_that_ends_stores_its_views_first(system: System, classroom: Classroom, course: Json) -> None:
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as client:
        for _ in range(3):
            assert (await client.post(f"{PREFIX}/courses/{course['id']}/view")).status_code == 202
    serving = system.processes["serve"]
    serving.send_signal(signal.SIGTERM)
    await asyncio.to_thread(serving.wait, 20)
    assert await stored(classroom) == [(3, 1)]
