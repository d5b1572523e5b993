"""The people and the course of most stories."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.classroom import Classroom, Person

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
