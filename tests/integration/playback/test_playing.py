"""Playing a lesson from the first request to the last segment."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from tests.support.classroom import Classroom, Person, refusal
from tests.support.player import Player, VideoLesson
from tests.support.videos import CAPTIONS, POSTER, Videos

pytestmark = pytest.mark.anyio


async def test_a_learner_plays_every_rendition_and_every_byte_is_that_of_the_video(
    player: Player, lesson: VideoLesson, learner: Person
) -> None:
    playback = await player.open(lesson, learner)
    played = await player.play(playback)
    assert played == {name: b"".join(segments) for name, segments in lesson.video.clear.items()}
    assert all(whole[:1] == b"\x47" for whole in played.values())


async def test_the_answer_has_what_a_player_needs_and_is_never_stored(
    player: Player, lesson: VideoLesson, learner: Person
) -> None:
    answer = await player.ask(lesson, learner, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    playback = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "private, no-store"
    assert playback.keys() == {
        *("id", "url", "type", "expiresAt", "resumeAt", "viewerMark", "posterUrl", "captions"),
    }
    assert playback["url"].startswith("http://testserver/media/playback/")
    assert (playback["type"], playback["resumeAt"]) == ("hls", 0)
    assert re.fullmatch(r"([0-9A-Z]{4}-){2}[0-9A-Z]{4}", playback["viewerMark"])
    assert (await player.bytes(playback["posterUrl"])).content == POSTER
    assert [caption["language"] for caption in playback["captions"]] == ["en"]
    timed = CAPTIONS.replace("WEBVTT\n", "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:133200,LOCAL:00:00:00.000\n")
    assert await player.text(playback["captions"][0]["url"]) == timed


async def test_playing_begins_where_the_learner_stopped(player: Player, lesson: VideoLesson, learner: Person) -> None:
    ((enrollment),) = (await learner.get("/enrollments")).json()["data"]
    body = {"lessonId": lesson.id, "positionSeconds": 42}
    assert (await learner.put(f"/enrollments/{enrollment['id']}/progress", body)).status_code == 200
    assert (await player.open(lesson, learner))["resumeAt"] == 42


async def test_captions_are_in_the_master_playlist(player: Player, lesson: VideoLesson, learner: Person) -> None:
    playback = await player.open(lesson, learner)
    master = await player.text(playback["url"])
    assert 'TYPE=SUBTITLES,GROUP-ID="captions",NAME="en",LANGUAGE="en"' in master
    assert master.count('SUBTITLES="captions"') == 2
    listed = await player.text(urljoin(playback["url"], "captions/en.m3u8"))
    assert "en.vtt" in listed.splitlines()


async def test_playlists_keys_and_captions_are_private_and_segments_are_for_every_cache(
    player: Player, lesson: VideoLesson, learner: Person
) -> None:
    playback = await player.open(lesson, learner)
    for name in ("index.m3u8", "240p.m3u8", "keys/0", "captions/en.vtt", "captions/en.m3u8", "poster.webp"):
        answer = await player.bytes(urljoin(playback["url"], name))
        assert answer.headers["cache-control"] == "private, no-store", name
    playlist = await player.text(urljoin(playback["url"], "240p.m3u8"))
    segment = await player.bytes(next(line for line in playlist.splitlines() if line.startswith("http")))
    assert segment.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert segment.headers["access-control-allow-origin"] == "*"
    assert segment.headers["content-type"] == "video/mp2t"


async def test_a_playlist_ends_and_asks_for_one_key_every_five_segments(
    player: Player, lesson: VideoLesson, learner: Person
) -> None:
    playlist = await player.text(urljoin((await player.open(lesson, learner))["url"], "360p.m3u8"))
    assert re.findall(r'URI="keys/(\d+)"', playlist) == ["0"] * 5 + ["1"] * 5 + ["2"] * 2
    assert len(set(re.findall(r"IV=0x([0-9a-f]{32})", playlist))) == 12
    assert playlist.startswith("#EXTM3U\n")
    assert playlist.endswith("#EXT-X-ENDLIST\n")


@pytest.mark.parametrize("who", ["teacher", "admin"])
async def test_the_instructor_and_admins_play_without_an_enrollment(
    who: str, player: Player, lesson: VideoLesson, teacher: Person, classroom: Classroom
) -> None:
    person = teacher if who == "teacher" else await classroom.person("admin")
    playback = await player.open(lesson, person)
    assert (await player.key(playback)).content == lesson.video.keys[0]
    assert await classroom.rows("SELECT 1 FROM enrollments") == []


async def test_anyone_plays_a_preview_and_their_session_has_no_person(
    player: Player, lesson: VideoLesson, classroom: Classroom, teacher: Person
) -> None:
    path = f"/courses/{lesson.course['id']}/lessons/{lesson.id}"
    assert (await teacher.put(path, {"isPreview": True})).status_code == 200
    playback = await player.open(lesson, None)
    assert (await player.key(playback)).content == lesson.video.keys[0]
    ((user_id, account),) = await classroom.rows("SELECT user_id, account FROM playback_sessions")
    assert user_id is None
    assert re.fullmatch(r"address:[0-9a-f]{32}", account)


async def test_who_may_not_open_the_lesson_does_not_play_it(
    player: Player, lesson: VideoLesson, classroom: Classroom
) -> None:
    stranger = await classroom.person("student")
    assert refusal(await player.ask(lesson, stranger)) == (403, "not_enrolled")
    assert refusal(await player.ask(lesson, None)) == (403, "not_enrolled")
    assert await classroom.rows("SELECT 1 FROM playback_sessions") == []


async def test_a_lesson_without_a_video_says_so(
    player: Player, classroom: Classroom, videos: Videos, teacher: Person
) -> None:
    course = await classroom.draft(teacher)
    path = f"/courses/{course['id']}/lessons/{(await classroom.lesson(teacher, course))['id']}"
    assert refusal(await teacher.post(f"{path}/playback")) == (404, "lesson_has_no_video")
    await videos.processing(teacher.id, path.rpartition("/")[2])
    assert refusal(await teacher.post(f"{path}/playback")) == (409, "video_not_ready")
