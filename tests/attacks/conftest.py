"""People who sign up and in, and an application whose limits are those of production."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from tests.support.classroom import Classroom, Person
from tests.support.mailbox import Mailbox
from tests.support.people import People
from tests.support.servers import ServerAddresses
from tests.support.shop import Shop

from coursify import app as application
from coursify.core.cache import make_redis
from coursify.core.database import Connection
from coursify.core.settings import LimitSettings, Settings
from coursify.worker import RunJobs

# More than 50.00 USD of a payment of 200.00 USD take two admins.
LIMIT, PRICE = 5000, 20000


@pytest.fixture
def people(client: httpx.AsyncClient, db: Connection, mailbox: Mailbox, run_jobs: RunJobs) -> People:
    return People(client, db, mailbox, run_jobs)


@pytest.fixture
async def strict_client(settings: Settings, servers: ServerAddresses, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose limits are not scaled, with nothing counted yet."""
    servers.require_redis()
    redis = make_redis(settings.redis)
    await redis.flushdb()
    await redis.aclose()
    async with _client_of(dataclasses.replace(settings, limits=LimitSettings(rate_limit_factor=1))) as opened:
        yield opened


@pytest.fixture
async def two_person_client(settings: Settings, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application where refunds above LIMIT take two admins."""
    limited = settings.app.model_copy(update={"two_person_refunds": (("usd", LIMIT),)})
    async with _client_of(dataclasses.replace(settings, app=limited)) as opened:
        yield opened


@asynccontextmanager
async def _client_of(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    built = application.build(settings)
    async with built.router.lifespan_context(built):
        transport = httpx.ASGITransport(app=application.wrap(built, settings), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
            yield opened


@pytest.fixture
async def first(classroom: Classroom) -> Person:
    return await classroom.person("admin")


@pytest.fixture
async def second(classroom: Classroom) -> Person:
    return await classroom.person("admin")


@pytest.fixture
async def student(classroom: Classroom) -> Person:
    return await classroom.person("student")


@pytest.fixture
async def course(classroom: Classroom) -> dict[str, Any]:
    return await classroom.published(await classroom.person("instructor"), price=PRICE)


@pytest.fixture
async def payment(shop: Shop, student: Person, course: dict[str, Any]) -> dict[str, Any]:
    return await shop.buy(student, course["id"])
