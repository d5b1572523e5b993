"""A course with a video, its instructor, a learner, and what a player does."""

from __future__ import annotations

import contextlib

import httpx
import pytest
from tests.support.classroom import Classroom, Person
from tests.support.player import Player, VideoLesson
from tests.support.videos import Videos

from coursify.core.cache import DOWN
from coursify.core.database import Connection
from coursify.resources import Resources


@pytest.fixture(autouse=True)
async def free_slots(resources: Resources) -> None:
    """Those who have no account share one address, and slots outlive the rows that tests delete."""
    with contextlib.suppress(*DOWN):
        async for name in resources.redis.scan_iter("slots:*"):
            await resources.redis.delete(name)


@pytest.fixture
def videos(db: Connection, resources: Resources) -> Videos:
    return Videos(db, resources)


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def lesson(classroom: Classroom, videos: Videos, teacher: Person) -> VideoLesson:
    """A lesson on sale with an HLS video of twelve segments."""
    course = await classroom.published(teacher)
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons WHERE course_id = %s", course["id"])
    return VideoLesson(course, lesson_id, await videos.hls(teacher.id, lesson_id))


@pytest.fixture
async def learner(classroom: Classroom, lesson: VideoLesson) -> Person:
    person = await classroom.person("student")
    await classroom.enroll(person, lesson.course)
    return person


@pytest.fixture
def player(client: httpx.AsyncClient) -> Player:
    return Player(client)
