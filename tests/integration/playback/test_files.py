"""A video that was not transcoded is served by byte range (RFC 9110), and the gate is asked for each."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.classroom import Classroom, Person, refusal
from tests.support.gate import pause
from tests.support.player import Json, Player, VideoLesson
from tests.support.videos import CAPTIONS, Videos

from coursify.modules.playback.services import read_while_open

pytestmark = pytest.mark.anyio

CONTENT = random.Random(15).randbytes(700_000)
SIZE = len(CONTENT)


@pytest.fixture
async def lesson(classroom: Classroom, videos: Videos, teacher: Person) -> VideoLesson:
    course = await classroom.published(teacher)
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons WHERE course_id = %s", course["id"])
    return VideoLesson(course, lesson_id, await videos.file(teacher.id, lesson_id, CONTENT))


@pytest.fixture
async def playback(player: Player, lesson: VideoLesson, learner: Person) -> Json:
    return await player.open(lesson, learner)


async def ask(client: httpx.AsyncClient, playback: Json, method: str = "GET", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.request(method, playback["url"], headers=named)


async def test_the_whole_file_is_that_of_the_upload(client: httpx.AsyncClient, playback: Json) -> None:
    answer = await ask(client, playback)
    assert (playback["type"], playback["posterUrl"]) == ("file", None)
    assert playback["url"].endswith("/file")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["cache-control"] == "private, no-store"


SATISFIABLE = {
    "bytes=0-0": (0, 0),
    "bytes=0-99": (0, 99),
    "bytes=100-": (100, SIZE - 1),
    "bytes=-1": (SIZE - 1, SIZE - 1),
    "bytes=-500": (SIZE - 500, SIZE - 1),
    f"bytes=-{SIZE * 2}": (0, SIZE - 1),
    f"bytes=0-{SIZE * 2}": (0, SIZE - 1),
    "Bytes=5-9": (5, 9),
    f"bytes={SIZE - 1}-": (SIZE - 1, SIZE - 1),
    "bytes=262140-524290": (262_140, 524_290),
}


@pytest.mark.parametrize("asked", SATISFIABLE)
async def test_one_range_is_answered_with_its_bytes(client: httpx.AsyncClient, playback: Json, asked: str) -> None:
    first, last = SATISFIABLE[asked]
    answer = await ask(client, playback, range=asked)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.content == CONTENT[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0", "bytes=" + "9" * 18 + "-"])
async def test_a_range_behind_the_end_is_416_and_names_the_size(
    client: httpx.AsyncClient, playback: Json, asked: str
) -> None:
    answer = await ask(client, playback, range=asked)
    assert refusal(answer) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-1", "bytes=0-1,5-9", "items=0-5", "bytes=", "bytes=-", "bytes=a-b", "bytes=1e30-", "0-5", "bytes=--5"],
)
async def test_several_ranges_and_invalid_ones_get_the_whole_file(
    client: httpx.AsyncClient, playback: Json, asked: str
) -> None:
    answer = await ask(client, playback, range=asked)
    assert (answer.status_code, answer.content) == (200, CONTENT)


async def test_if_range_gives_a_part_of_the_same_file_only(client: httpx.AsyncClient, playback: Json) -> None:
    head = await ask(client, playback, "HEAD")
    for current in (head.headers["etag"], head.headers["last-modified"]):
        assert (await ask(client, playback, range="bytes=0-9", if_range=current)).status_code == 206
    for other in ('"another"', f"W/{head.headers['etag']}", "Mon, 01 Jan 2024 00:00:00 GMT", "x"):
        answer = await ask(client, playback, range="bytes=0-9", if_range=other)
        assert (answer.status_code, len(answer.content)) == (200, SIZE), other


async def test_head_has_the_headers_of_the_whole_file_and_no_body(client: httpx.AsyncClient, playback: Json) -> None:
    answer = await ask(client, playback, "HEAD", range="bytes=0-9")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)


async def test_no_range_is_given_after_access_has_ended(
    client: httpx.AsyncClient, playback: Json, classroom: Classroom
) -> None:
    assert (await ask(client, playback, range="bytes=0-9")).status_code == 206
    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refunded'")
    for method in ("GET", "HEAD"):
        answer = await ask(client, playback, method, range="bytes=0-9")
        assert answer.status_code == 403
        assert CONTENT[:10] not in answer.content


async def test_a_file_that_is_being_sent_stops_when_access_ends(
    client: httpx.AsyncClient, playback: Json, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_while_open, "CHECK_SECONDS", 0.0)
    assert (await ask(client, playback)).content == CONTENT
    async with pause("FROM playback_sessions AS playback", nth=3) as paused:
        sent = asyncio.create_task(ask(client, playback))
        await paused.reached()
        await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refunded'")
        paused.release()
        answer = await sent
    assert 0 < len(answer.content) < SIZE


async def test_a_range_takes_and_renews_the_slot(
    client: httpx.AsyncClient, player: Player, lesson: VideoLesson, learner: Person, playback: Json, clock_file: Path
) -> None:
    second = await player.open(lesson, learner)
    clock_file.write_text("60")
    assert (await ask(client, second, range="bytes=0-9")).status_code == 206
    clock_file.write_text("100")
    await player.open(lesson, learner)
    answer: Any = await ask(client, playback, range="bytes=0-9")
    assert refusal(answer) == (409, "too_many_streams")
    assert (await ask(client, second, range="bytes=0-9")).status_code == 206


async def test_the_captions_of_a_file_are_those_that_were_stored(
    client: httpx.AsyncClient, player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    await classroom.db.execute("INSERT INTO captions VALUES (%s, 'en', %s, now())", [lesson.video.asset.id, CAPTIONS])
    (captions,) = (await player.open(lesson, learner))["captions"]
    assert await player.text(captions["url"]) == CAPTIONS


async def test_a_file_has_no_playlists(client: httpx.AsyncClient, playback: Json) -> None:
    for name in ("index.m3u8", "240p.m3u8", "captions/en.m3u8", "keys/0"):
        assert (await client.get(playback["url"].replace("/file", f"/{name}"))).status_code == 404, name


async def test_a_file_that_the_store_lost_is_not_there(
    client: httpx.AsyncClient, playback: Json, lesson: VideoLesson, videos: Videos
) -> None:
    await videos.resources.media.delete_folder(lesson.video.asset.path)
    assert (await ask(client, playback)).status_code == 404
