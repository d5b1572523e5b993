"""The people and the course of most stories, and a shorter timeout."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.classroom import Classroom, Person

from coursify.integrations.stripe import StripeGateway
from coursify.resources import Resources

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _trusted_time(trusted_time: None) -> None:
    """Many of these tests count statements."""


@pytest.fixture
def short_stripe_timeout(app: FastAPI, resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests in which Stripe does not answer: each call waits less, in requests and in jobs."""
    for opened in (resources_of(app), resources):
        assert isinstance(opened.payments, StripeGateway)
        monkeypatch.setattr(opened.payments._http, "_timeout", 0.4)


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
