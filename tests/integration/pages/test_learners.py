"""An instructor sees who learns a course and how far each of them is, and no address."""

from __future__ import annotations

import re

import pytest
from tests.support.classroom import Classroom
from tests.support.visitor import Visitor, text_of

pytestmark = pytest.mark.anyio


async def test_learners_are_listed_with_their_progress_and_without_addresses(classroom: Classroom) -> None:
    teacher = await classroom.person("instructor")
    course = await classroom.draft(teacher, price=0)
    lessons = [(await classroom.lesson(teacher, course, title=title))["id"] for title in "ABC"]
    place = f"/teach/courses/{course['id']}/learners"
    desk = await Visitor(classroom.client).signed_in(teacher)
    assert "Learners can enroll once the course is on sale." in text_of(await desk.read(place))
    await teacher.post(f"/courses/{course['id']}/submit")
    await (await classroom.person("admin")).post(f"/admin/courses/{course['id']}/approve")
    assert "Who enrolls appears here at once" in text_of(await desk.read(place))
    idle, busy, done = [await classroom.person("student") for _ in range(3)]
    for person, count in ((idle, 0), (busy, 1), (done, 3)):
        enrolled = await person.post("/enrollments", {"courseId": course["id"]})
        items = [{"lessonId": lesson, "completed": True} for lesson in lessons[:count]]
        if items:
            path = f"/enrollments/{enrolled.json()['data']['id']}/progress"
            assert (await person.put(path, {"items": items})).status_code == 200
    shown = await desk.read(place)
    rows = [text_of(row) for row in re.findall(r'<tr role="row">.*?</tr>', shown, re.DOTALL)[1:]]
    assert rows == [
        f"{done.name} 100 % 3 of 3 just now just now completed",
        f"{busy.name} 33 % 1 of 3 just now just now learning",
        f"{idle.name} 0 % 0 of 3 none yet just now learning",
    ]
    assert "@example.com" not in shown
    await classroom.rows("UPDATE access_grants SET revoked_at = now(), reason = 'refunded' RETURNING 1")
    assert text_of(await desk.read(place)).count("no access") == 3
    first = await desk.read(f"{place}?limit=2")
    (following,) = re.findall(r'href="([^"]+)" rel="next"', first)
    assert idle.name in await desk.read(following.replace("&amp;", "&"))
