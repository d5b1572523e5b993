"""Free places, lessons, progress: who may, how far, and that nothing goes backwards."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from tests.support import gate
from tests.support.classroom import Classroom, Person, refusal

from coursify.modules.enrollments import jobs
from coursify.resources import Resources

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def course(classroom: Classroom, teacher: Person) -> Json:
    """A free course of three lessons, the first a preview."""
    draft = await classroom.draft(teacher, price=0)
    for number in range(3):
        await classroom.lesson(teacher, draft, title=f"Lesson {number}", isPreview=number == 0, durationSeconds=100)
    await teacher.post(f"/courses/{draft['id']}/submit")
    admin = await classroom.person("admin")
    return dict((await admin.post(f"/admin/courses/{draft['id']}/approve")).json()["data"])


async def enroll(person: Person, course: Json) -> Json:
    answer = await person.post("/enrollments", {"courseId": course["id"]})
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


async def lessons_of(person: Person, enrollment: Json) -> list[str]:
    detail = (await person.get(f"/enrollments/{enrollment['id']}")).json()["data"]
    return [lesson["lessonId"] for lesson in detail["lessons"]]


async def test_a_free_course_opens_for_whoever_asks_once(classroom: Classroom, student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    assert (enrollment["status"], enrollment["progress"]) == ("active", 0)
    again = await student.post("/enrollments", {"courseId": course["id"]})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_enrolled")
    opened = await classroom.rows("SELECT actor_id, details->>'source' FROM audit_log WHERE action = 'grant.open'")
    assert opened == [(student.id, "free")]


async def test_E02_fifty_free_enrollments_at_once_make_one(classroom: Classroom, student: Person, course: Json) -> None:
    answers = await asyncio.gather(*(student.post("/enrollments", {"courseId": course["id"]}) for _ in range(50)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 201
    assert set(codes[1:]) <= {409, 503}
    assert await classroom.rows("SELECT count(*) FROM enrollments") == [(1,)]
    assert await classroom.rows("SELECT count(*) FROM access_grants") == [(1,)]


async def test_nobody_enrolls_in_their_own_course_or_in_a_draft(
    classroom: Classroom, teacher: Person, student: Person, course: Json
) -> None:
    own = await teacher.post("/enrollments", {"courseId": course["id"]})
    assert (own.status_code, own.json()["error"]["code"]) == (409, "own_course")
    draft = await classroom.draft(teacher, price=0)
    assert (await student.post("/enrollments", {"courseId": draft["id"]})).status_code == 404


async def test_E03_a_lesson_is_closed_to_who_is_not_enrolled_but_a_preview_is_open(
    classroom: Classroom, student: Person, course: Json
) -> None:
    preview, closed, _ = (await classroom.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    opened = await classroom.get(f"/courses/{course['id']}/lessons/{preview['id']}")
    assert opened.json()["data"]["content"]
    for person in (classroom, student):
        answer = await person.get(f"/courses/{course['id']}/lessons/{closed['id']}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_enrolled")
        assert "Read this" not in answer.text


async def test_a_learner_finds_the_way_from_lesson_to_lesson(student: Person, course: Json) -> None:
    first, second, third = await lessons_of(student, await enroll(student, course))
    page = (await student.get(f"/courses/{course['id']}/lessons/{second}")).json()["data"]
    assert (page["previousLessonId"], page["nextLessonId"]) == (first, third)
    assert page["progress"] == {"completed": False, "positionSeconds": 0}


async def test_progress_counts_completed_lessons_and_reaches_100_once(student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    path = f"/enrollments/{enrollment['id']}/progress"
    seen = []
    for lesson in await lessons_of(student, enrollment):
        answer = await student.put(path, {"lessonId": lesson, "completed": True})
        seen.append(answer.json()["data"]["progress"])
    assert seen == [33, 66, 100]
    done = answer.json()["data"]["completedAt"]
    assert done
    repeated = await student.put(path, {"lessonId": lesson, "completed": True})
    assert repeated.json()["data"]["completedAt"] == done


async def test_E06_late_and_repeated_heartbeats_never_take_anything_back(student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    lesson = (await lessons_of(student, enrollment))[0]
    path = f"/enrollments/{enrollment['id']}/progress"
    for position in (10, 90, 40, 90, 5):
        await student.put(path, {"lessonId": lesson, "positionSeconds": position})
    await student.put(path, {"lessonId": lesson, "completed": True})
    late = await student.put(path, {"lessonId": lesson, "completed": False, "positionSeconds": 1})
    first = late.json()["data"]["lessons"][0]
    assert (first["completed"], first["positionSeconds"]) == (True, 90)


@pytest.mark.parametrize(
    "item",
    [
        {"positionSeconds": -1},
        {"positionSeconds": 101},
        {"positionSeconds": "50"},
        {"positionSeconds": 1.5},
        {"positionSeconds": True},
        {"completed": "yes"},
        {"percent": 50},
    ],
)
async def test_E04_progress_that_is_none_is_refused(
    classroom: Classroom, student: Person, course: Json, item: Json
) -> None:
    enrollment = await enroll(student, course)
    lesson = (await lessons_of(student, enrollment))[0]
    answer = await student.put(f"/enrollments/{enrollment['id']}/progress", {"lessonId": lesson} | item)
    assert answer.status_code == 422
    assert await classroom.rows("SELECT count(*) FROM lesson_progress") == [(0,)]


async def test_E05_progress_of_somebody_else_or_in_another_course_is_not_there(
    classroom: Classroom, student: Person, course: Json
) -> None:
    enrollment = await enroll(student, course)
    lesson = (await lessons_of(student, enrollment))[0]
    stranger = await classroom.person("student")
    path = f"/enrollments/{enrollment['id']}/progress"
    assert (await stranger.put(path, {"lessonId": lesson, "completed": True})).status_code == 404
    assert (await stranger.get(f"/enrollments/{enrollment['id']}")).status_code == 404
    assert (await student.put(path, {"lessonId": str(uuid4()), "completed": True})).status_code == 404
    assert await classroom.rows("SELECT count(*) FROM lesson_progress") == [(0,)]


async def test_many_items_are_kept_all_or_none(classroom: Classroom, student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    lessons = await lessons_of(student, enrollment)
    path = f"/enrollments/{enrollment['id']}/progress"
    mixed = [{"lessonId": lessons[0], "completed": True}, {"lessonId": str(uuid4()), "completed": True}]
    assert (await student.put(path, {"items": mixed})).status_code == 404
    assert await classroom.rows("SELECT count(*) FROM lesson_progress") == [(0,)]
    answer = await student.put(path, {"items": [{"lessonId": lesson, "completed": True} for lesson in lessons]})
    assert answer.json()["data"]["progress"] == 100


async def test_E11_an_instructor_and_an_admin_see_lessons_without_being_enrolled(
    classroom: Classroom, teacher: Person, course: Json
) -> None:
    closed = (await classroom.get(f"/courses/{course['id']}")).json()["data"]["lessons"][1]
    for person in (teacher, await classroom.person("admin")):
        answer = await person.get(f"/courses/{course['id']}/lessons/{closed['id']}")
        assert answer.status_code == 200
        assert answer.headers["ETag"].startswith('"v')
        assert answer.json()["data"]["progress"] is None
    assert await classroom.rows("SELECT count(*) FROM enrollments") == [(0,)]


async def test_access_is_explained_grant_by_grant_and_to_no_stranger(
    classroom: Classroom, student: Person, teacher: Person, course: Json
) -> None:
    path = f"/access/explain?courseId={course['id']}"
    before = (await student.get(path)).json()["data"]
    assert (before["mayLearn"], before["grants"]) == (False, [])
    await enroll(student, course)
    after = (await student.get(path)).json()["data"]
    assert (after["mayLearn"], [grant["sourceType"] for grant in after["grants"]]) == (True, ["free"])
    assert (await teacher.get(path)).json()["data"]["because"] == "This person teaches the course."
    assert (await teacher.get(f"{path}&userId={student.id}")).status_code == 403
    admin = await classroom.person("admin")
    assert (await admin.get(f"{path}&userId={student.id}")).json()["data"]["mayLearn"] is True
    assert (await admin.get(path)).json()["data"]["because"] == "Admins may open every course."


async def test_P4_access_that_had_a_term_ends_by_the_clock_alone(
    classroom: Classroom, student: Person, course: Json, clock_file: Any
) -> None:
    enrollment = await enroll(student, course)
    await classroom.db.execute("UPDATE access_grants SET valid_until = now() + interval '2 days'")
    assert (await student.get(f"/enrollments/{enrollment['id']}")).json()["data"]["status"] == "active"
    await classroom.db.execute("UPDATE access_grants SET valid_until = now() - interval '1 second'")
    assert (await student.get(f"/enrollments/{enrollment['id']}")).json()["data"]["status"] == "expired"
    closed = (await classroom.get(f"/courses/{course['id']}")).json()["data"]["lessons"][1]
    assert (await student.get(f"/courses/{course['id']}/lessons/{closed['id']}")).status_code == 403


async def test_ones_enrollments_are_listed_with_their_courses(student: Person, course: Json) -> None:
    await enroll(student, course)
    answer = (await student.get("/enrollments")).json()
    assert answer["meta"]["total"] == 1
    assert answer["data"][0]["course"]["slug"] == course["slug"]
    assert (await student.get(f"/users/{student.id}/enrollments")).json()["data"] == answer["data"]


async def test_enrollments_of_nobody_or_of_somebody_else_are_not_there(
    classroom: Classroom, student: Person, teacher: Person
) -> None:
    admin = await classroom.person("admin")
    for person, whose in ((admin, uuid4()), (teacher, student.id)):
        answer = await person.get(f"/users/{whose}/enrollments")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "user_not_found")
    assert (await admin.get(f"/users/{student.id}/enrollments")).status_code == 200


async def test_a_draft_and_its_lessons_are_there_for_its_instructor_alone(
    classroom: Classroom, teacher: Person, student: Person
) -> None:
    draft = await classroom.draft(teacher)
    lesson = await classroom.lesson(teacher, draft)
    paths = {f"/courses/{draft['id']}": "course", f"/courses/{draft['id']}/lessons/{lesson['id']}": "lesson"}
    for path, what in paths.items():
        assert (await teacher.get(path)).status_code == 200
        for person in (classroom, student):
            assert refusal(await person.get(path)) == (404, f"{what}_not_found")


async def test_a_course_that_left_the_sale_is_there_for_its_learners_alone(
    classroom: Classroom, teacher: Person, student: Person, course: Json
) -> None:
    await enroll(student, course)
    admin, stranger = await classroom.person("admin"), await classroom.person("student")
    assert (await admin.put(f"/admin/users/{teacher.id}", {"status": "suspended"})).status_code == 200
    assert (await student.get(f"/courses/{course['id']}")).status_code == 200
    for person in (classroom, stranger):
        assert refusal(await person.get(f"/courses/{course['id']}")) == (404, "course_not_found")


async def test_a_position_writes_nothing_of_the_enrollment_while_the_lesson_stays_the_same(
    classroom: Classroom, student: Person, course: Json
) -> None:
    enrollment = await enroll(student, course)
    first, second, _third = await lessons_of(student, enrollment)
    versions = []
    for lesson, seconds in ((first, 1), (first, 2), (second, 1)):
        item = {"lessonId": lesson, "positionSeconds": seconds}
        assert (await student.put(f"/enrollments/{enrollment['id']}/progress", item)).status_code == 200
        versions += await classroom.rows("SELECT last_lesson_id::text, xmin::text FROM enrollments")
    assert versions[0] == versions[1] != versions[2]
    assert [lesson for lesson, _version in versions] == [first, first, second]


async def test_a_refused_item_is_named_as_it_stands_in_the_body(student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    lesson = (await lessons_of(student, enrollment))[0]
    path = f"/enrollments/{enrollment['id']}/progress"
    late, strange = {"lessonId": lesson, "positionSeconds": 604_800}, {"lessonId": str(uuid4()), "positionSeconds": 1}
    named = []
    for body in (late, strange, {"items": [late]}, {"items": [{"lessonId": lesson}, strange]}):
        [detail] = (await student.put(path, body)).json()["error"]["details"]
        named.append(detail["field"])
    assert named == ["positionSeconds", "lessonId", "items.0.positionSeconds", "items.1.lessonId"]


async def test_progress_is_kept_and_not_added_to_once_access_has_ended(
    classroom: Classroom, student: Person, course: Json
) -> None:
    enrollment = await enroll(student, course)
    lesson = (await lessons_of(student, enrollment))[0]
    path = f"/enrollments/{enrollment['id']}/progress"
    assert (await student.put(path, {"lessonId": lesson, "positionSeconds": 30})).status_code == 200
    await classroom.db.execute("UPDATE access_grants SET valid_until = now() - interval '1 second'")
    assert refusal(await student.put(path, {"lessonId": lesson, "positionSeconds": 60})) == (403, "access_closed")
    assert await classroom.rows("SELECT position_seconds FROM lesson_progress") == [(30,)]


async def test_a_position_that_was_written_is_no_refusal_although_access_ends_in_the_same_moment(
    classroom: Classroom, student: Person, course: Json
) -> None:
    enrollment = await enroll(student, course)
    lesson = (await lessons_of(student, enrollment))[0]
    path = f"/enrollments/{enrollment['id']}/progress"
    async with gate.pause("AS first_completed_at") as reading:
        saving = asyncio.create_task(student.put(path, {"lessonId": lesson, "positionSeconds": 30}))
        await reading.reached()
        await classroom.db.execute("UPDATE access_grants SET valid_until = now() - interval '1 second'")
        reading.release()
        answer = await saving
    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "expired")
    assert await classroom.rows("SELECT position_seconds FROM lesson_progress") == [(30,)]
    for item in ({"positionSeconds": 60}, {"completed": True}):
        assert refusal(await student.put(path, {"lessonId": lesson} | item)) == (403, "access_closed")
    assert await classroom.rows("SELECT position_seconds, completed_at FROM lesson_progress") == [(30, None)]


@pytest.mark.parametrize("count", [jobs.refresh_recent_counts, jobs.refresh_all_counts])
async def test_the_catalogue_counts_the_learners_of_a_course_by_the_clock(
    classroom: Classroom, student: Person, course: Json, resources: Resources, count: Any
) -> None:
    await enroll(student, course)
    await count(resources)
    assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["enrollmentCount"] == 1


async def test_an_enrollment_says_where_to_go_on_and_how_far_one_came(student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    first, second, third = await lessons_of(student, enrollment)

    async def told(*items: Json) -> tuple[str | None, int, int]:
        for item in items:
            answer = await student.put(f"/enrollments/{enrollment['id']}/progress", item)
            assert answer.status_code == 200, answer.text
        [listed] = (await student.get("/enrollments")).json()["data"]
        alone = (await student.get(f"/enrollments/{enrollment['id']}")).json()["data"]
        assert {name: alone[name] for name in listed if name != "course"} == {
            name: value for name, value in listed.items() if name != "course"
        }
        following = listed["nextLesson"]
        return following and following["id"], listed["completedLessons"], listed["totalLessons"]

    assert await told() == (first, 0, 3)
    assert await told({"lessonId": second, "positionSeconds": 10}) == (second, 0, 3)
    assert await told({"lessonId": second, "completed": True}) == (first, 1, 3)
    assert await told({"lessonId": first, "completed": True}) == (third, 2, 3)
    assert await told({"lessonId": third, "completed": True}) == (None, 3, 3)


async def test_enrollments_are_sorted_by_activity_and_found_by_course(
    classroom: Classroom, teacher: Person, student: Person
) -> None:
    courses = [await classroom.published(teacher, price=0, title=f"Course {number}") for number in range(3)]
    enrollments = [await enroll(student, course) for course in courses]
    [lesson] = await lessons_of(student, enrollments[0])
    await student.put(f"/enrollments/{enrollments[0]['id']}/progress", {"lessonId": lesson, "positionSeconds": 1})

    async def listed(query: str) -> list[str]:
        answer = await student.get(f"/enrollments?{query}")
        assert answer.status_code == 200, answer.text
        return [one["course"]["title"] for one in answer.json()["data"]]

    assert await listed("") == ["Course 2", "Course 1", "Course 0"]
    assert await listed("sort=activity") == ["Course 0", "Course 2", "Course 1"]
    assert await listed(f"courseId={courses[1]['id']}") == ["Course 1"]
    assert await listed(f"courseId={uuid4()}&sort=activity") == []
    page = (await student.get("/enrollments?sort=activity&limit=2")).json()
    assert page["meta"]["total"] == 3
    assert await listed(f"sort=activity&limit=2&cursor={page['meta']['nextCursor']}") == ["Course 1"]
    assert (await student.get(f"/enrollments?limit=2&cursor={page['meta']['nextCursor']}")).status_code == 422
    assert (await student.get("/enrollments?sort=progress")).status_code == 422
