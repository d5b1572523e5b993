"""With a small pool and no Redis, requests that count guesses finish: none needs two connections at once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from pydantic import SecretStr
from tests.support.connections import OneConnection
from tests.support.mailbox import Mailbox
from tests.support.people import API, PASSWORD, People, Person
from tests.support.probe import probing
from tests.support.servers import TestRedis, start_test_redis

from coursify import app as application
from coursify.core.database import Connection, Database, LazyTransaction
from coursify.core.http import reply
from coursify.core.http.context import context_of
from coursify.core.http.router import PREFIX
from coursify.core.settings import RedisSettings, Settings
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

MANY = 10


@pytest.fixture
def no_redis(tmp_path: Path) -> Iterator[TestRedis]:
    redis = start_test_redis(tmp_path)
    redis.stop()
    return redis


@pytest.fixture
async def narrow(settings: Settings, no_redis: TestRedis, clean: None) -> AsyncIterator[OneConnection]:
    """An application with two connections for transactions and one for reads."""
    pools = settings.database.model_copy(update={"database_pool_size": 2, "database_read_pool_size": 1})
    own = dataclasses.replace(settings, database=pools, redis=RedisSettings(redis_url=SecretStr(no_redis.url())))
    built = application.build(own)
    async with built.router.lifespan_context(built):
        yield OneConnection(application.wrap(built, own))


@pytest.fixture
async def people(narrow: OneConnection, db: Connection, mailbox: Mailbox, run_jobs: RunJobs) -> AsyncIterator[People]:
    transport = httpx.ASGITransport(app=narrow, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield People(client, db, mailbox, run_jobs)


def code_of(totp: pyotp.TOTP, steps: int = 0) -> str:
    return totp.at(datetime.now(UTC) + timedelta(seconds=30 * steps))


async def begin(person: Person) -> pyotp.TOTP:
    begun = await person.call("POST", "/users/me/totp")
    return pyotp.TOTP(begun.json()["data"]["secret"])


async def confirm(person: Person, code: str) -> httpx.Response:
    return await person.call("POST", "/users/me/totp/confirm", {"code": code})


async def test_ten_concurrent_second_factors_all_get_a_response(people: People, narrow: OneConnection) -> None:
    everyone = [await people.sign_up() for _ in range(MANY)]
    totps = [await begin(person) for person in everyone]
    pairs = list(zip(everyone, totps, strict=True))

    confirmed = await asyncio.gather(*(confirm(person, code_of(totp, -1)) for person, totp in pairs))
    assert [answer.status_code for answer in confirmed] == [200] * MANY

    challenges = [(await person.login()).json()["error"]["challenge"] for person in everyone]
    passed = await asyncio.gather(
        *(
            people.client.post(f"{API}/users/login/second-factor", json={"challenge": challenge, "code": code_of(totp)})
            for challenge, totp in zip(challenges, totps, strict=True)
        )
    )
    assert [answer.status_code for answer in passed] == [200] * MANY
    assert narrow.offenders == []


async def test_ten_wrong_codes_of_one_person_all_get_a_response_and_are_counted(
    people: People, narrow: OneConnection
) -> None:
    ada = await people.sign_up()
    totp = await begin(ada)
    wrong = await asyncio.gather(*(confirm(ada, "000000") for _ in range(MANY)))
    assert {answer.status_code for answer in wrong} == {403}
    assert await people.value("SELECT count(*) FROM attempts WHERE bucket LIKE 'rate:code-account:%%'") == MANY
    assert (await confirm(ada, code_of(totp))).status_code == 200
    # The successful attempt was returned after its transaction.
    assert await people.value("SELECT count(*) FROM attempts WHERE bucket LIKE 'rate:code-account:%%'") == MANY
    assert narrow.offenders == []


async def test_nothing_that_counts_guesses_takes_a_second_connection(people: People, narrow: OneConnection) -> None:
    ada = await people.sign_up()
    totp = await begin(ada)
    await confirm(ada, code_of(totp, -1))
    new = "another-horse-battery-43!"
    requests: list[tuple[str, str, dict[str, Any], int]] = [
        ("POST", "/users/me/step-up", {"password": PASSWORD, "code": code_of(totp)}, 200),
        ("POST", "/users/me/step-up", {"password": PASSWORD, "code": "000000"}, 403),
        ("PUT", "/users/me/email", {"currentPassword": PASSWORD, "email": "new@example.com"}, 200),
        ("PUT", "/users/me/password", {"currentPassword": "wrong-horse-42", "password": new}, 403),
        ("PUT", "/users/me/password", {"currentPassword": PASSWORD, "password": new}, 200),
        ("POST", "/users/register", {"name": "Ada", "email": ada.email, "password": PASSWORD}, 409),
        ("POST", "/users/login", {"email": ada.email, "password": PASSWORD}, 401),
        ("POST", "/users/reset-password", {"token": "x" * 43, "password": PASSWORD}, 400),
    ]
    for method, path, body, status in requests:
        answer = await ada.call(method, path, body)
        assert answer.status_code == status, (path, answer.text)
    assert narrow.requests > len(requests)
    assert narrow.offenders == []


async def test_a_request_that_takes_a_second_connection_is_detected(app: Any, database: Database, clean: None) -> None:
    async def work(transaction: LazyTransaction) -> Any:
        await transaction.begin()
        async with database.read():
            return reply(None, "Done.")

    context = context_of(app)
    async with probing(context, work) as probe:
        counted = OneConnection(probe.app)
        transport = httpx.ASGITransport(app=counted)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            assert (await client.post(f"{PREFIX}/probe")).status_code == 200
    assert counted.offenders == [f"POST {PREFIX}/probe: Borrowed(now=0, most=2)"]
