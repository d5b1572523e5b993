"""A lesson may show a video of another service, to those whom the lesson is open to."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from tests.support.application import changed_settings
from tests.support.classroom import Classroom, Person, refusal

from coursify.core.environment import ConfigurationError
from coursify.core.settings import load_settings

pytestmark = pytest.mark.anyio
VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.fixture
async def ada(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


async def test_a_video_elsewhere_is_set_changed_and_removed(classroom: Classroom, ada: Person) -> None:
    course = await classroom.draft(ada)
    lesson = await classroom.lesson(ada, course, externalVideoUrl=VIDEO)
    assert (lesson["externalVideoUrl"], lesson["videoUrl"]) == (VIDEO, None)
    path = f"/courses/{course['id']}/lessons/{lesson['id']}"
    assert (await ada.put(path, {"title": "Other"})).json()["data"]["externalVideoUrl"] == VIDEO
    for url in ("https://vimeo.com:443/76979871", "https://player.vimeo.com/video/76979871#t=10s", None):
        assert (await ada.put(path, {"externalVideoUrl": url})).json()["data"]["externalVideoUrl"] == url
        assert (await ada.get(path)).json()["data"]["externalVideoUrl"] == url


REFUSED: list[Any] = [
    "",
    "vimeo.com/1",
    "//vimeo.com/1",
    "http://vimeo.com/1",
    "https:vimeo.com/1",
    "https:///vimeo.com/1",
    "javascript:alert(1)//vimeo.com",
    "https://user:@vimeo.com/1",
    "https://@vimeo.com/1",
    "https://vimeo.com:secret@example.com/1",
    "https://vimeo.com:8443/1",
    "https://vimeo.com:99999/1",
    "https://vimeo.com\\@example.com/1",
    "https://vimeo.com/\n1",
    "https://vimeo.com/ 1",
    'https://vimeo.com/"><script>',
    "https://vimeo.com/\u0000",
    "https://vime\u043e.com/1",
    "https://[vimeo.com/1",
    "https://vimeo.com/" + "1" * 2_000,
    1,
    ["https://vimeo.com/1"],
]
ELSEWHERE = [
    "https://example.com/vimeo.com",
    "https://vimeo.com.example.com/1",
    "https://evil-vimeo.com/1",
    "https://a.vimeo.com/1",
    "https://vimeo.com./1",
    "https://127.0.0.1/1",
    "https://[::1]/1",
]


async def test_only_https_urls_of_the_accepted_hosts_are_taken(classroom: Classroom, ada: Person) -> None:
    course = await classroom.draft(ada)
    lesson = await classroom.lesson(ada, course)
    path = f"/courses/{course['id']}/lessons"
    async with classroom.unchanged():
        for url, code in [(url, "validation_failed") for url in REFUSED] + [
            (url, "video_host_not_allowed") for url in ELSEWHERE
        ]:
            for answer in (
                await ada.post(path, {"title": "A", "externalVideoUrl": url}),
                await ada.put(f"{path}/{lesson['id']}", {"externalVideoUrl": url}),
            ):
                assert refusal(answer) == (422, code), url
                assert answer.json()["error"]["details"][0]["field"].startswith("externalVideoUrl")


async def test_a_lesson_with_a_video_elsewhere_is_ready(classroom: Classroom, ada: Person) -> None:
    course = await classroom.draft(ada)
    lesson = await classroom.lesson(ada, course, content=None, externalVideoUrl=VIDEO)
    assert (await ada.post(f"/courses/{course['id']}/submit")).status_code == 200
    admin = await classroom.person("admin")
    assert (await admin.post(f"/admin/courses/{course['id']}/approve")).status_code == 200
    path = f"/courses/{course['id']}/lessons"
    assert (await ada.post(path, {"title": "B", "externalVideoUrl": VIDEO})).status_code == 201
    removed = await ada.put(f"{path}/{lesson['id']}", {"externalVideoUrl": None})
    assert refusal(removed) == (409, "lesson_empty")


async def test_a_video_elsewhere_is_shown_only_where_the_lesson_is_open(classroom: Classroom, ada: Person) -> None:
    course = await classroom.published(ada)
    lesson = await classroom.lesson(ada, course, externalVideoUrl=VIDEO)
    path = f"/courses/{course['id']}"
    stranger, student = await classroom.person("student"), await classroom.person("student")
    await classroom.enroll(student, course)
    shown = await student.get(f"{path}/lessons/{lesson['id']}")
    assert shown.json()["data"]["externalVideoUrl"] == VIDEO
    assert refusal(await stranger.get(f"{path}/lessons/{lesson['id']}")) == (403, "not_enrolled")
    public = [await classroom.get(each) for each in (path, "/courses", f"{path}/lessons/{lesson['id']}")]
    for answer in [*public, await student.get(path), await ada.get("/courses/mine"), await ada.get(path)]:
        assert "youtube" not in answer.text
        assert "externalVideoUrl" not in answer.text


async def test_the_hosts_are_a_setting_and_what_was_accepted_stays(
    app: FastAPI, classroom: Classroom, ada: Person
) -> None:
    course = await classroom.draft(ada)
    lesson = await classroom.lesson(ada, course, externalVideoUrl=VIDEO)
    path = f"/courses/{course['id']}/lessons/{lesson['id']}"
    with changed_settings(app, external_video_hosts=("media.example.com",)):
        kept = await ada.put(path, {"title": "New", "externalVideoUrl": VIDEO})
        assert kept.json()["data"]["externalVideoUrl"] == VIDEO
        assert refusal(await ada.put(path, {"externalVideoUrl": VIDEO + "1"})) == (422, "video_host_not_allowed")
        assert (await ada.put(path, {"externalVideoUrl": "https://media.example.com/1"})).status_code == 200


@pytest.mark.parametrize("hosts", ["https://vimeo.com", "*.vimeo.com", "vimeo.com:443", "Vimeo.com", "vimeo"])
def test_a_wrong_host_in_the_settings_is_named_at_the_start(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, hosts: str
) -> None:
    for name, value in (environment | {"ARGON2_MEMORY_KIB": "19456"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EXTERNAL_VIDEO_HOSTS", hosts)
    with pytest.raises(ConfigurationError, match="EXTERNAL_VIDEO_HOSTS: expected host names"):
        load_settings()
    monkeypatch.setenv("EXTERNAL_VIDEO_HOSTS", "vimeo.com, media.example.com")
    assert load_settings().app.external_video_hosts == ("vimeo.com", "media.example.com")
