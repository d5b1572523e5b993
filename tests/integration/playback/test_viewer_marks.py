"""A mark that was seen in a copy of a video leads an admin to who played it, and the search is audited."""

from __future__ import annotations

import pytest
from tests.support.classroom import Classroom, Person, refusal
from tests.support.player import Player, VideoLesson

pytestmark = pytest.mark.anyio


async def test_an_admin_finds_the_person_and_the_session_of_a_mark(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    playback = await player.open(lesson, learner, headers={"User-Agent": agent})
    admin = await classroom.person("admin")
    mark = playback["viewerMark"]
    for typed in (mark, mark.lower(), mark.replace("-", ""), mark.replace("0", "O").replace("1", "I")):
        answer = await admin.get(f"/admin/viewer-marks/{typed}")
        assert answer.status_code == 200, typed
        found = answer.json()["data"]
    assert (found["viewerMark"], found["playbackId"]) == (mark, playback["id"])
    assert (found["user"]["id"], found["user"]["name"]) == (str(learner.id), learner.name)
    assert (found["lessonId"], found["device"], found["endedAt"]) == (lesson.id, "Chrome on Windows", None)
    searches = await classroom.rows(
        "SELECT actor_id, target_id::text, details FROM audit_log WHERE action = 'viewer_mark.resolve'"
    )
    assert searches == [(admin.id, playback["id"], {"userId": str(learner.id)})] * 4


async def test_only_admins_resolve_marks_and_an_unknown_one_is_not_there(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom, teacher: Person
) -> None:
    mark = (await player.open(lesson, learner))["viewerMark"]
    for person in (learner, teacher):
        assert refusal(await person.get(f"/admin/viewer-marks/{mark}")) == (403, "forbidden")
    admin = await classroom.person("admin")
    for unknown in ("0000-0000-0000", "x", "%2e%2e", "'", "A" * 5_000):
        assert refusal(await admin.get(f"/admin/viewer-marks/{unknown}"))[0] == 404


async def test_a_preview_without_a_sign_in_has_a_mark_without_a_person(
    player: Player, lesson: VideoLesson, classroom: Classroom, teacher: Person
) -> None:
    await teacher.put(f"/courses/{lesson.course['id']}/lessons/{lesson.id}", {"isPreview": True})
    mark = (await player.open(lesson, None))["viewerMark"]
    answer = await (await classroom.person("admin")).get(f"/admin/viewer-marks/{mark}")
    assert answer.json()["data"]["user"] is None


async def test_every_session_has_its_own_mark(player: Player, lesson: VideoLesson, learner: Person) -> None:
    marks = {(await player.open(lesson, learner))["viewerMark"] for _ in range(2)}
    assert len(marks) == 2
