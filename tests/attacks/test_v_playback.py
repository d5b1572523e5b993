"""Group V, playing videos: addresses that are not ours, have ended, or lead elsewhere. 0 bytes means: no content."""

from __future__ import annotations

import dataclasses
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import client_of
from tests.support.classroom import Classroom, Json, Person, refusal
from tests.support.player import Player, VideoLesson
from tests.support.raw_requests import get_raw
from tests.support.videos import Videos

from coursify import app as application
from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify.modules.playback.tokens import PlaybackTokens
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

DOORS = ("keys/0", "keys/1", "index.m3u8", "240p.m3u8", "captions/en.m3u8", "captions/en.vtt", "poster.webp", "file")


@pytest.fixture
def videos(db: Connection, resources: Resources) -> Videos:
    return Videos(db, resources)


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def lesson(classroom: Classroom, videos: Videos, teacher: Person) -> VideoLesson:
    return await _lesson(classroom, videos, teacher)


@pytest.fixture
async def learner(classroom: Classroom, lesson: VideoLesson) -> Person:
    person = await classroom.person("student")
    await classroom.enroll(person, lesson.course)
    return person


@pytest.fixture
def player(client: httpx.AsyncClient) -> Player:
    return Player(client)


async def _lesson(classroom: Classroom, videos: Videos, teacher: Person) -> VideoLesson:
    course = await classroom.published(teacher)
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons WHERE course_id = %s", course["id"])
    return VideoLesson(course, lesson_id, await videos.hls(teacher.id, lesson_id))


def token_of(playback: Json) -> str:
    return str(playback["url"].split("/")[-2])


async def assert_nothing(player: Player, token: str, lesson: VideoLesson, *statuses: int) -> None:
    """No door gives anything to this token."""
    for door in DOORS:
        answer = await player.client.get(f"http://testserver/media/playback/{token}/{door}")
        assert answer.status_code in (statuses or (403, 404)), (token, door)
        assert not any(key in answer.content for key in lesson.video.keys)
        assert answer.content[:1] == b"{"


async def test_V01_a_signature_that_is_missing_empty_or_of_another_session_opens_nothing(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom, videos: Videos, teacher: Person
) -> None:
    other = await _lesson(classroom, videos, teacher)
    stranger = await classroom.person("student")
    await classroom.enroll(stranger, lesson.course)
    await classroom.enroll(learner, other.course)
    own, of_lesson, of_person = [
        token_of(playback)
        for playback in (
            await player.open(lesson, learner),
            await player.open(other, learner),
            await player.open(lesson, stranger),
        )
    ]
    session, expiry, signature = own.split(".")
    foreign = [token.split(".") for token in (of_lesson, of_person)]
    for token in (
        session,
        f"{session}.{expiry}",
        f"{session}.{expiry}.",
        f"{session}..{signature}",
        f".{expiry}.{signature}",
        *(f"{session}.{expiry}.{parts[2]}" for parts in foreign),
        *(f"{parts[0]}.{expiry}.{signature}" for parts in foreign),
        f"{session}.{expiry}.{signature[:-1]}",
        f"{session}.{expiry}.{signature}A",
        f"{session}.{expiry}.{signature}=",
        f"{session.upper()}.{expiry}.{signature}",
        f"{UUID(session)}.{expiry}.{signature}",
        "null",
    ):
        await assert_nothing(player, token, lesson)
    key = await player.client.get(f"http://testserver/media/playback/{of_lesson}/keys/0")
    assert key.content == other.video.keys[0]


async def test_V02_a_session_that_has_ended_and_a_changed_expiry_open_nothing(
    player: Player, lesson: VideoLesson, learner: Person, clock_file: Path
) -> None:
    playback = await player.open(lesson, learner)
    session, expiry, signature = token_of(playback).split(".")
    for changed in (str(int(expiry) + 1), "9999999999", "-1", "1e20", "1" + "0" * 20, f"{expiry}.{expiry}", "", "０"):
        await assert_nothing(player, f"{session}.{changed}.{signature}", lesson)
    for query in (f"?exp={expiry}", f"?exp={expiry}&exp=9999999999", "?"):
        answer = await player.client.get(urljoin(playback["url"], "keys/0") + query)
        assert (answer.status_code == 200) is (query == "?")
    clock_file.write_text(str(timedelta(hours=12, seconds=1).total_seconds()))
    await assert_nothing(player, token_of(playback), lesson)


async def test_V03_a_session_that_was_opened_before_a_revocation_gets_nothing_within_a_second(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    playback = await player.open(lesson, learner)
    assert (await player.key(playback)).status_code == 200
    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'revoked'")
    revoked_at = time.monotonic()
    await assert_nothing(player, token_of(playback), lesson)
    assert time.monotonic() - revoked_at < 1


async def test_V04_an_address_that_is_passed_on_is_one_session_with_one_slot_and_dies_with_it(
    app: FastAPI, settings: Settings, player: Player, lesson: VideoLesson, learner: Person
) -> None:
    playback = await player.open(lesson, learner)
    statuses = [await _status_from(app, settings, f"10.1.1.{number}", playback) for number in range(20)]
    assert statuses == [200] * 20
    await player.open(lesson, learner)
    assert (await player.ask(lesson, learner)).status_code == 409
    assert (await learner.delete(f"/playback/{playback['id']}")).status_code == 200
    statuses = [await _status_from(app, settings, f"10.1.1.{number}", playback) for number in range(20)]
    assert statuses == [403] * 20


async def _status_from(app: FastAPI, settings: Settings, address: str, playback: Json) -> int:
    transport = httpx.ASGITransport(app=application.wrap(app, settings), client=(address, 1))
    async with httpx.AsyncClient(transport=transport) as client:
        return (await client.get(urljoin(playback["url"], "keys/0"))).status_code


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=9-1",
        "bytes=" + ",".join(["0-0"] * 1_000),
        "bytes=-1-2",
        "bytes=--1",
        "pages=0-1",
        "bytes=1e30-",
        "bytes=" + "9" * 400 + "-",
        "bytes=0-" + "9" * 400,
        "bytes=" + " " * 5_000 + "0-1x",
    ],
)
async def test_V05_a_hostile_range_costs_nothing_and_gets_no_more_than_the_file(
    player: Player, classroom: Classroom, videos: Videos, teacher: Person, asked: str
) -> None:
    course = await classroom.published(teacher)
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons WHERE course_id = %s", course["id"])
    content = secrets.token_bytes(20_000)
    lesson = VideoLesson(course, lesson_id, await videos.file(teacher.id, lesson_id, content))
    playback = await player.open(lesson, teacher)
    began = time.process_time()
    answer = await player.client.get(playback["url"], headers={"Range": asked})
    assert time.process_time() - began < 0.05
    assert (answer.status_code, answer.content) == (200, content)


async def test_V06_other_methods_ask_the_same_gate_or_are_405(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    playback = await player.open(lesson, learner)
    for door in DOORS:
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            answer = await player.client.request(method, urljoin(playback["url"], door))
            assert (answer.status_code, "GET" in answer.headers["allow"]) == (405, True), (method, door)
    for door in DOORS[2:-1]:
        heads, whole = [
            await player.client.request(method, urljoin(playback["url"], door)) for method in ("HEAD", "GET")
        ]
        assert (heads.status_code, heads.content, heads.headers["content-length"]) == (
            200,
            b"",
            str(len(whole.content)),
        )
    head_of_key = await player.client.head(urljoin(playback["url"], "keys/0"))
    assert (head_of_key.status_code, head_of_key.content) == (200, b"")
    segment = f"http://testserver/media/segments/{lesson.video.asset.segment('240p', 0)}"
    heads = await player.client.head(segment)
    assert (heads.status_code, heads.content) == (200, b"")
    assert heads.headers["content-length"] == str(len((await player.bytes(segment)).content))
    for method in ("GET", "HEAD"):
        await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'revoked'")
        for door in ("file", "index.m3u8", "keys/0"):
            assert (await player.client.request(method, urljoin(playback["url"], door))).status_code == 403


async def test_V07_nothing_but_encrypted_segments_is_public(
    app: FastAPI, settings: Settings, player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    outermost = application.wrap(app, settings)
    asset = lesson.video.asset
    playback = await player.open(lesson, learner)
    assert (await player.client.get(urljoin(playback["url"], "file"))).status_code == 404
    segment = f"http://testserver/media/segments/{asset.segment('240p', 0)}"
    encrypted = (await player.bytes(segment)).content
    assert lesson.video.clear["240p"][0][:16] not in encrypted
    for path in (
        f"segments/{asset.path}/original",
        f"segments/{asset.path}/poster.webp",
        f"segments/{asset.path}/{asset.hls_folder}/240p/original",
        f"segments/{asset.path}/{asset.hls_folder}/240p/../../original",
        f"segments/{asset.path}/{asset.hls_folder}/240p/%2e%2e%2f%2e%2e%2foriginal",
        f"segments/{asset.path}/{asset.hls_folder}/240p/00000.ts;x",
        f"segments/{asset.path}//{asset.hls_folder}/240p/00000.ts",
        f"segments/{asset.path}/{asset.hls_folder}/240p/99999.ts",
        f"segments/{asset.path}/{asset.hls_folder}/240p/00000.ts?x=1",
        f"segments/{asset.path}/other/240p/00000.ts",
        f"segments/{'x' * 32}/{asset.hls_folder}/240p/00000.ts",
        f"raw/{asset.path}/original",
        f"{asset.path}/original",
        f"images/{asset.path}/original",
    ):
        answer = await get_raw(outermost, f"/media/{path}")
        assert answer.status in {403, 404}, path
        assert answer.content[:1] == b"{", path
    await classroom.db.execute("UPDATE assets SET status = 'released', released_at = now()")
    async with client_of(settings) as later:
        assert (await later.get(segment)).status_code == 404


async def test_V08_a_preview_that_is_none_any_more_stops(player: Player, lesson: VideoLesson, teacher: Person) -> None:
    path = f"/courses/{lesson.course['id']}/lessons/{lesson.id}"
    await teacher.put(path, {"isPreview": True})
    playback = await player.open(lesson, None)
    assert (await player.key(playback)).status_code == 200
    await teacher.put(path, {"isPreview": False})
    await assert_nothing(player, token_of(playback), lesson)
    assert refusal(await player.ask(lesson, None)) == (403, "not_enrolled")
    await teacher.put(path, {"isPreview": True})
    await assert_nothing(player, token_of(playback), lesson)
    assert (await player.key(await player.open(lesson, None))).status_code == 200


async def test_V09_an_answer_with_an_address_is_never_shared(
    player: Player, lesson: VideoLesson, learner: Person
) -> None:
    answer = await player.ask(lesson, learner)
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers
    for door in DOORS[:-1]:
        opened = await player.client.get(urljoin(answer.json()["data"]["url"], door))
        assert (opened.status_code, opened.headers["cache-control"]) == (200, "private, no-store"), door


async def test_V11_after_a_rotation_of_the_key_old_addresses_play_on_and_new_ones_are_signed_with_the_new_key(
    settings: Settings, player: Player, lesson: VideoLesson, learner: Person
) -> None:
    old = await player.open(lesson, learner)
    ring = (("e9", secrets.token_bytes(32)), *settings.keys.encryption_keys)
    rotated = dataclasses.replace(settings, keys=settings.keys.model_copy(update={"encryption_keys": ring}))
    async with client_of(rotated) as client:
        assert (await client.get(urljoin(old["url"], "keys/0"))).content == lesson.video.keys[0]
        new = (await dataclasses.replace(learner, client=client).post(lesson.path)).json()["data"]
        assert (await client.get(urljoin(new["url"], "keys/0"))).content == lesson.video.keys[0]
    assert (await player.key(new)).status_code == 403
    now = datetime.now(UTC)
    assert PlaybackTokens(ring[:1]).read(token_of(new), now=now)
    assert PlaybackTokens(ring[:1]).read(token_of(old), now=now) is None


async def test_V12_one_person_asks_for_sixty_addresses_a_minute(
    app: FastAPI, strict_client: httpx.AsyncClient, db: Connection, lesson: VideoLesson
) -> None:
    person = await Classroom(app, strict_client, db).person("student")
    statuses = [(await person.post(lesson.path)).status_code for _ in range(130)]
    assert set(statuses) == {403, 429}
    last = await person.post(lesson.path)
    assert (refusal(last), int(last.headers["retry-after"]) > 0) == ((429, "too_many_requests"), True)
