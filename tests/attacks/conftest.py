"""People who sign up and in, and an application whose limits are those of production."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.support.application import client_of
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.core.settings import Settings

# More than 50.00 USD of a payment of 200.00 USD take two admins.
LIMIT, PRICE = 5000, 20000


@pytest.fixture
async def two_person_client(settings: Settings, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application where refunds above LIMIT take two admins."""
    limited = settings.app.model_copy(update={"two_person_refunds": (("usd", LIMIT),)})
    async with client_of(dataclasses.replace(settings, app=limited)) as opened:
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
