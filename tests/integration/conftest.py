"""The people and the course of most stories, people who sign up, and an application with production limits."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.support.classroom import Classroom, Person
from tests.support.mailbox import Mailbox
from tests.support.people import People
from tests.support.servers import ServerAddresses

from coursify import app as application
from coursify.core.cache import make_redis
from coursify.core.database import Connection
from coursify.core.settings import LimitSettings, Settings
from coursify.worker import RunJobs

Json = dict[str, Any]


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def admin(classroom: Classroom) -> Person:
    return await classroom.person("admin")


@pytest.fixture
async def student(classroom: Classroom) -> Person:
    return await classroom.person("student")


@pytest.fixture
async def course(classroom: Classroom, teacher: Person) -> Json:
    return await classroom.published(teacher, price=5000)


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
    strict = dataclasses.replace(settings, limits=LimitSettings(rate_limit_factor=1))
    built = application.build(strict)
    async with built.router.lifespan_context(built):
        transport = httpx.ASGITransport(app=application.wrap(built, strict), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
            yield opened
