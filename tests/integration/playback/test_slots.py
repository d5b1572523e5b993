"""An account plays on two devices at once. Each case with Redis and without."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.classroom import Classroom, Person, refusal
from tests.support.player import Player, VideoLesson
from tests.support.servers import ServerAddresses
from tests.support.videos import Videos

from coursify import app as application
from coursify.core.cache import make_redis
from coursify.core.http.context import context_of, set_context
from coursify.core.settings import RedisSettings
from coursify.modules.playback.slots import Slots

pytestmark = pytest.mark.anyio

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(params=["redis", "postgresql"], autouse=True)
async def counted_by(request: pytest.FixtureRequest, app: FastAPI, servers: ServerAddresses) -> Iterator[str]:
    """Who counts the slots: Redis, or PostgreSQL because Redis does not answer."""
    if request.param == "redis":
        servers.require_redis()
        yield request.param
        return
    usual, resources = context_of(app), resources_of(app)
    redis = make_redis(RedisSettings(redis_url=NOBODY))
    slots = Slots(redis, resources.database, resources.clock, limit=resources.settings.media.max_streams)
    set_context(app, application.make_context(dataclasses.replace(resources, slots=slots)))
    yield request.param
    set_context(app, usual)
    await redis.aclose()


async def test_the_third_device_is_told_which_two_play(player: Player, lesson: VideoLesson, learner: Person) -> None:
    agents = {"Firefox on Linux": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "iPhone": "iPhone"}
    playing = [await player.open(lesson, learner, headers={"User-Agent": agent}) for agent in agents.values()]
    answer = await player.ask(lesson, learner)
    assert refusal(answer) == (409, "too_many_streams")
    details = answer.json()["error"]["details"]
    assert [detail["id"] for detail in details] == [playback["id"] for playback in playing]
    assert [detail["device"] for detail in details] == list(agents)
    assert all(detail["startedAt"].endswith("Z") for detail in details)


async def test_ending_one_makes_room_at_once(player: Player, lesson: VideoLesson, learner: Person) -> None:
    first, _second = [await player.open(lesson, learner) for _ in range(2)]
    assert (await player.ask(lesson, learner)).status_code == 409
    assert (await learner.delete(f"/playback/{first['id']}")).status_code == 200
    assert (await player.ask(lesson, learner)).status_code == 201


async def test_a_slot_is_free_90_seconds_after_the_last_key_and_is_taken_again_at_the_next(
    player: Player, lesson: VideoLesson, learner: Person, clock_file: Path
) -> None:
    paused, playing = [await player.open(lesson, learner) for _ in range(2)]
    clock_file.write_text("60")
    assert (await player.key(playing)).status_code == 200
    assert (await player.ask(lesson, learner)).status_code == 409
    clock_file.write_text("91")
    third = await player.open(lesson, learner)
    assert refusal(await player.key(paused)) == (409, "too_many_streams")
    clock_file.write_text(str(timedelta(hours=1).total_seconds()))
    for playback in (paused, third):
        assert (await player.key(playback)).content == lesson.video.keys[0]
    assert refusal(await player.key(playing)) == (409, "too_many_streams")


async def test_fifty_requests_at_once_get_two_slots(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    answers = await asyncio.gather(*(player.ask(lesson, learner) for _ in range(50)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(201) == 2, statuses
    assert set(statuses) <= {201, 409, 503}
    opened = [answer.json()["data"] for answer in answers if answer.status_code == 201]
    keys = await asyncio.gather(*(player.key(playback) for playback in opened))
    assert [answer.status_code for answer in keys] == [200, 200]
    assert len(await classroom.rows("SELECT 1 FROM playback_sessions")) == 2


async def log_out(learner: Person, _lesson: VideoLesson, _classroom: Classroom, _videos: Videos) -> None:
    assert (await learner.post("/users/logout")).status_code == 200


async def suspend(learner: Person, _lesson: VideoLesson, classroom: Classroom, _videos: Videos) -> None:
    admin = await classroom.person("admin")
    for status in ("suspended", "active"):
        assert (await admin.put(f"/admin/users/{learner.id}", {"status": status})).status_code == 200


async def revoke_access(_learner: Person, lesson: VideoLesson, classroom: Classroom, _videos: Videos) -> None:
    await classroom.db.execute(
        """
        UPDATE access_grants SET revoked_at = now(), reason = 'refunded' FROM enrollments
        WHERE enrollment_id = enrollments.id AND course_id = %s
        """,
        [lesson.course["id"]],
    )


async def replace_the_video(_learner: Person, lesson: VideoLesson, _classroom: Classroom, videos: Videos) -> None:
    await videos.hls(lesson.course["instructor"]["id"], lesson.id)


@pytest.mark.parametrize("end", [log_out, suspend, revoke_access, replace_the_video], ids=lambda end: end.__name__)
async def test_a_session_that_the_gate_refuses_has_no_slot_and_is_not_listed(
    end: Callable[[Person, VideoLesson, Classroom, Videos], Awaitable[None]],
    player: Player,
    lesson: VideoLesson,
    learner: Person,
    classroom: Classroom,
    videos: Videos,
) -> None:
    course = await classroom.published(await classroom.person("instructor"))
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons WHERE course_id = %s", course["id"])
    other = VideoLesson(course, lesson_id, await videos.hls(course["instructor"]["id"], lesson_id))
    await classroom.enroll(learner, course)
    ended = [await player.open(lesson, learner) for _ in range(2)]
    await end(learner, lesson, classroom, videos)
    again = await classroom.sign_in(learner)
    playing = [await player.open(other, again) for _ in range(2)]
    answer = await player.ask(other, again)
    assert refusal(answer) == (409, "too_many_streams")
    assert [device["id"] for device in answer.json()["error"]["details"]] == [playback["id"] for playback in playing]
    for playback in ended:
        assert refusal(await player.key(playback)) == (403, "playback_refused")


async def test_fifty_requests_at_once_share_the_slots_of_sessions_that_were_refused(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    for _ in range(2):
        await player.open(lesson, learner)
    await learner.post("/users/logout")
    again = await classroom.sign_in(learner)
    answers = await asyncio.gather(*(player.ask(lesson, again) for _ in range(50)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 2, statuses
    assert set(statuses) <= {201, 409, 503}
    assert len(await classroom.rows("SELECT 1 FROM playback_sessions WHERE ended_at IS NULL")) == 2


async def test_slots_are_counted_per_account(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    other = await classroom.person("student")
    await classroom.enroll(other, lesson.course)
    for person in (learner, learner, other, other):
        await player.open(lesson, person)


async def test_without_a_sign_in_a_new_session_replaces_the_oldest_of_its_address(
    player: Player, lesson: VideoLesson, teacher: Person
) -> None:
    await teacher.put(f"/courses/{lesson.course['id']}/lessons/{lesson.id}", {"isPreview": True})
    first, second, third = [await player.open(lesson, None) for _ in range(3)]
    assert refusal(await player.key(first)) == (403, "playback_refused")
    for playback in (second, third):
        assert (await player.key(playback)).content == lesson.video.keys[0]


async def test_fifty_viewers_without_a_sign_in_at_once_get_two_slots(
    player: Player, lesson: VideoLesson, teacher: Person, classroom: Classroom
) -> None:
    await teacher.put(f"/courses/{lesson.course['id']}/lessons/{lesson.id}", {"isPreview": True})
    answers = await asyncio.gather(*(player.ask(lesson, None) for _ in range(50)))
    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    opened = [answer.json()["data"] for answer in answers if answer.status_code == 201]
    keys = await asyncio.gather(*(player.key(playback) for playback in opened))
    assert [answer.status_code for answer in keys].count(200) == 2
    assert len(await classroom.rows("SELECT 1 FROM playback_sessions WHERE ended_at IS NULL")) == 2


async def test_who_shares_an_address_is_not_told_of_the_others(
    player: Player, lesson: VideoLesson, teacher: Person, clock_file: Path
) -> None:
    await teacher.put(f"/courses/{lesson.course['id']}/lessons/{lesson.id}", {"isPreview": True})
    paused = await player.open(lesson, None)
    clock_file.write_text("91")
    for _ in range(2):
        await player.open(lesson, None)
    answer = await player.key(paused)
    assert refusal(answer) == (409, "too_many_streams")
    assert answer.json()["error"]["details"] == []
