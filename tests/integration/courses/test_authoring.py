"""An instructor writes a course, an admin approves it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from tests.support.application import changed_settings
from tests.support.classroom import Classroom
from tests.support.mailbox import Mailbox

from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio


async def test_a_course_goes_from_draft_to_the_catalogue(classroom: Classroom) -> None:
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    course = await classroom.draft(ada, title="Sorting, quickly", subtitle="And stably", currency="eur")
    assert (course["status"], course["version"], course["slug"]) == ("draft", 1, "sorting-quickly")
    assert (course["price"], course["currency"]) == (4900, "eur")
    assert course["instructor"] == {"id": str(ada.id), "name": ada.name, "avatarUrl": None}
    await classroom.lesson(ada, course)
    submitted = (await ada.post(f"/courses/{course['id']}/submit")).json()["data"]
    assert submitted["status"] == "pending"
    approved = await root.post(f"/admin/courses/{course['id']}/approve")
    assert approved.status_code == 200
    assert approved.json()["data"]["publishedAt"].endswith("Z")
    [found] = (await classroom.get("/courses")).json()["data"]
    assert found["id"] == course["id"]
    assert found["lessonCount"] == 1
    assert found["durationSeconds"] == 60
    actions = await classroom.rows("SELECT action, actor_id FROM audit_log ORDER BY id")
    assert actions == [("course.submit", ada.id), ("course.approve", root.id)]


async def test_the_currency_is_the_schools_own_where_none_is_given(classroom: Classroom) -> None:
    course = await classroom.draft(await classroom.person("instructor"))
    assert course["currency"] == "usd"


async def test_an_unknown_category_is_refused(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    body = {"title": "A", "description": "", "price": 0, "category": "alchemy"}
    answer = await ada.post("/courses", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unknown_category")
    course = await classroom.draft(ada)
    answer = await ada.put(f"/courses/{course['id']}", {"category": "alchemy"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unknown_category")
    assert (await ada.put(f"/courses/{course['id']}", {"category": None})).json()["data"]["category"] is None


async def test_everything_that_is_missing_is_named(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada, description="")
    await ada.put(f"/courses/{course['id']}", {"price": None})
    answer = await ada.post(f"/courses/{course['id']}/submit")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "course_incomplete")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["description", "price", "lessons"]
    await classroom.lesson(ada, course, title="Empty", content=None)
    details = (await ada.post(f"/courses/{course['id']}/submit")).json()["error"]["details"]
    assert details[-1] == {"field": "lessons.1", "message": "“Empty” has neither content nor media"}


async def test_a_rejected_course_can_be_submitted_again(classroom: Classroom) -> None:
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    course = await classroom.pending(ada)
    path = f"/admin/courses/{course['id']}"
    rejected = await root.post(f"{path}/reject", {"reason": "Too short"})
    assert rejected.json()["data"]["status"] == "rejected"
    mine = (await ada.get(f"/courses/{course['id']}")).json()["data"]
    assert (mine["status"], mine["rejectionReason"]) == ("rejected", "Too short")
    assert (await root.post(f"{path}/approve")).json()["error"]["code"] == "course_not_pending"
    again = (await ada.post(f"/courses/{course['id']}/submit")).json()["data"]
    assert (again["status"], again["rejectionReason"]) == ("pending", None)
    assert (await ada.post(f"/courses/{course['id']}/submit")).json()["error"]["code"] == "course_not_submittable"


async def test_the_instructor_gets_an_email_about_each_decision(
    classroom: Classroom, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    course = await classroom.pending(ada, title="Bread")
    path = f"/admin/courses/{course['id']}"
    await root.post(f"{path}/reject", {"reason": "Too <short>"})
    await run_jobs()
    await ada.post(f"/courses/{course['id']}/submit")
    await root.post(f"{path}/approve")
    await run_jobs()
    decisions = [email for email in mailbox.messages() if email["messageKey"].startswith("course_")]
    assert [email["subject"] for email in decisions] == [
        "Your course Bread was not approved yet",
        "Your course Bread is on sale",
    ]
    assert "Too <short>" in decisions[0]["text"]
    assert "Too &lt;short&gt;" in decisions[0]["html"]


async def test_a_course_that_was_submitted_again_gets_no_late_rejection(
    classroom: Classroom, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    course = await classroom.pending(ada)
    await root.post(f"/admin/courses/{course['id']}/reject", {"reason": "Too short"})
    await ada.post(f"/courses/{course['id']}/submit")
    await run_jobs()
    assert not [email for email in mailbox.messages() if email["messageKey"].startswith("course_")]


async def test_what_was_emptied_while_it_waited_is_not_approved(classroom: Classroom) -> None:
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    course = await classroom.pending(ada)
    [lesson] = (await ada.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    await ada.put(f"/courses/{course['id']}/lessons/{lesson['id']}", {"content": None})
    answer = await root.post(f"/admin/courses/{course['id']}/approve")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "course_incomplete")


async def test_what_is_waiting_or_on_sale_stays_complete(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    for course in (await classroom.pending(ada), await classroom.published(ada)):
        for change in ({"price": None}, {"description": "<p onclick=x>&nbsp;</p><hr>"}):
            answer = await ada.put(f"/courses/{course['id']}", change)
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "course_incomplete"), change


async def test_a_new_price_of_a_course_on_sale_counts_and_is_audited(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    answer = await ada.put(f"/courses/{course['id']}", {"price": 100, "currency": "jpy"})
    assert (answer.json()["data"]["price"], answer.json()["data"]["currency"]) == (100, "jpy")
    [(actor, details)] = await classroom.rows(
        "SELECT actor_id, details FROM audit_log WHERE action = 'course.change_price'"
    )
    assert actor == ada.id
    assert details == {"from": {"amount": 4900, "currency": "usd"}, "to": {"amount": 100, "currency": "jpy"}}


async def test_a_change_leaves_alone_what_it_does_not_name(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada, subtitle="Once")
    changed = (await ada.put(f"/courses/{course['id']}", {"title": "Another name"})).json()["data"]
    assert changed == course | {
        "title": "Another name",
        "version": 2,
        "updatedAt": changed["updatedAt"],
    }
    emptied = (await ada.put(f"/courses/{course['id']}", {"subtitle": None})).json()["data"]
    assert emptied["subtitle"] is None
    unchanged = await ada.put(f"/courses/{course['id']}", {})
    assert unchanged.headers["etag"] == '"v3"'
    for field in ("title", "description", "currency", "level", "language"):
        assert (await ada.put(f"/courses/{course['id']}", {field: None})).status_code == 422, field


async def test_an_editor_reads_a_version_and_changes_only_that(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    path = f"/courses/{course['id']}"
    read = await ada.get(path)
    assert read.headers["etag"] == '"v1"'
    assert read.headers["cache-control"] == "private, no-store"
    changed = await ada.put(path, {"title": "Second"}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"v2"')
    for tag in ('"v1"', '"v3"', '"2"', 'W/"v2"', "*", "v2", '"v2", "v3"', ""):
        stale = await ada.put(path, {"title": "Third"}, headers={"If-Match": tag})
        assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale_version"), tag
    assert (await ada.get(path)).json()["data"]["title"] == "Second"


async def test_ratings_and_counters_raise_no_version(classroom: Classroom) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(ada)
    await classroom.enroll(bob, course)
    await bob.post(f"/courses/{course['id']}/reviews", {"rating": 5})
    await classroom.lesson(ada, course)
    assert (await ada.get(f"/courses/{course['id']}")).headers["etag"] == '"v1"'


async def test_a_deleted_course_is_gone_for_all_and_kept_for_the_enrolled(classroom: Classroom) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(ada)
    await classroom.enroll(bob, course)
    path = f"/courses/{course['id']}"
    answer = await ada.delete(path)
    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert (await classroom.get("/courses")).json()["data"] == []
    for gone in (await ada.get(path), await classroom.get(path), await ada.delete(path), await ada.put(path, {})):
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "course_not_found")
    assert await classroom.rows("SELECT count(*) FROM lessons WHERE deleted_at IS NULL") == [(1,)]
    assert await classroom.rows("SELECT action FROM audit_log ORDER BY id DESC LIMIT 1") == [("course.delete",)]


async def test_an_admin_changes_and_deletes_any_course_and_writes_no_lessons(classroom: Classroom) -> None:
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    course = await classroom.draft(ada)
    path = f"/courses/{course['id']}"
    assert (await root.get(path)).headers["etag"] == '"v1"'
    assert (await root.put(path, {"title": "Better"})).status_code == 200
    for refused in (await root.post(f"{path}/lessons", {"title": "Mine"}), await root.post(f"{path}/submit")):
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_your_course")
    assert (await root.delete(path)).status_code == 200


async def test_an_idempotency_key_makes_one_course(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    body = {"title": "Once", "description": "", "price": 0, "category": "music"}
    headers = {"Idempotency-Key": str(uuid4())}
    first = await ada.post("/courses", body, headers=headers)
    again = await ada.post("/courses", body, headers=headers)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["etag"] == '"v1"'
    assert await classroom.rows("SELECT count(*) FROM courses") == [(1,)]


async def test_two_admins_approve_once(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    roots = [await classroom.person("admin"), await classroom.person("admin")]
    course = await classroom.pending(ada)
    answers = await asyncio.gather(*(root.post(f"/admin/courses/{course['id']}/approve") for root in roots))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_admins_see_what_waits_longest_first(classroom: Classroom) -> None:
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    waiting = [(await classroom.pending(ada))["id"] for _ in range(3)]
    draft = (await classroom.draft(ada))["id"]
    page = (await root.get("/admin/courses?status=pending&limit=2")).json()
    assert [course["id"] for course in page["data"]] == waiting[:2]
    assert page["meta"]["total"] == 3
    rest = (await root.get(f"/admin/courses?status=pending&limit=2&cursor={page['meta']['nextCursor']}")).json()
    assert [course["id"] for course in rest["data"]] == waiting[2:]
    assert rest["meta"]["nextCursor"] is None
    every = (await root.get("/admin/courses?limit=3")).json()
    assert [course["id"] for course in every["data"]] == [draft, waiting[2], waiting[1]]
    tail = (await root.get(f"/admin/courses?limit=3&cursor={every['meta']['nextCursor']}")).json()
    assert [course["id"] for course in tail["data"]] == [waiting[0]]
    assert (await root.get("/admin/courses?status=draft")).json()["meta"]["total"] == 1
    assert (await root.get("/admin/courses?status=sold")).status_code == 422


async def test_someone_unconfirmed_may_not_submit_where_the_school_says_so(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    await classroom.lesson(ada, course)
    with changed_settings(classroom.app, require_verified_to_publish=True):
        answer = await ada.post(f"/courses/{course['id']}/submit")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_unverified")
