"""People who sign up and in, and an application whose limits are those of production."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import client_with
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

# More than 50.00 USD of a payment of 200.00 USD take two admins.
LIMIT, PRICE = 5000, 20000


@pytest.fixture
async def two_person_client(app: FastAPI, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application while refunds above LIMIT take two admins."""
    async with client_with(app, two_person_refunds=(("usd", LIMIT),)) as opened:
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
