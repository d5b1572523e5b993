"""Attacks on moderation (docs/attacks.md, R and D), by id."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.classroom import PREFIX, Classroom, Json, Person, refusal

pytestmark = pytest.mark.anyio


@pytest.fixture
async def course(classroom: Classroom) -> Json:
    return await classroom.published(await classroom.person("instructor"))


@pytest.fixture
async def review(classroom: Classroom, course: Json) -> Json:
    author = await classroom.person("student")
    await classroom.enroll(author, course)
    return dict((await author.post(f"/courses/{course['id']}/reviews", {"rating": 1})).json()["data"])


def notice_about(kind: str, subject: Json) -> Json:
    return {"subject": {"type": kind, "id": subject["id"]}, "reason": "spam", "text": "Look at it."}


async def sent(person: Person, path: str, body: Any = None) -> Json:
    answer = await person.post(path, body)
    assert answer.status_code < 300, answer.text
    return dict(answer.json()["data"])


async def test_R06_a_review_is_hidden_by_admins_alone_and_edited_by_none(
    classroom: Classroom, course: Json, review: Json
) -> None:
    root, eve = await classroom.person("admin"), await classroom.person("instructor")
    async with classroom.unchanged():
        for what in ("hide", "restore", "dismiss-reports"):
            refused = await eve.post(f"/admin/reviews/{review['id']}/{what}", {"reason": "x"})
            assert refusal(refused) == (403, "forbidden")
        for method in ("PUT", "DELETE"):
            body = {"rating": 5} if method == "PUT" else None
            refused = await root.call(method, f"/reviews/{review['id']}", body)
            assert refusal(refused) == (404, "review_not_found")
        assert refusal(await root.put(f"/reviews/{review['id']}", {"status": "hidden"})) == (422, "validation_failed")


async def test_R10_reports_and_notices_are_counted_by_the_hour(
    classroom: Classroom, strict_client: httpx.AsyncClient, course: Json
) -> None:
    body = notice_about("course", course) | {"contact": "victim@example.com"}
    statuses = [(await strict_client.post(PREFIX + "/notices", json=body)).status_code for _ in range(25)]
    assert statuses == [202] * 20 + [429] * 5
    assert await classroom.rows("SELECT count(*) FROM notices") == [(20,)]


async def test_D12_every_decision_of_moderation_is_written_down(
    classroom: Classroom, course: Json, review: Json
) -> None:
    root, bob = await classroom.person("admin"), await classroom.person("student")
    await sent(bob, f"/reviews/{review['id']}/report", {"reason": "spam"})
    await sent(root, f"/admin/reviews/{review['id']}/dismiss-reports")
    await sent(root, f"/admin/reviews/{review['id']}/hide", {"reason": "Spam"})
    await sent(root, f"/admin/reviews/{review['id']}/restore")
    await sent(root, f"/admin/courses/{course['id']}/suspend-sale", {"reason": "Copied"})
    await sent(root, f"/admin/courses/{course['id']}/resume-sale")
    notice = await sent(bob, "/notices", notice_about("course", course))
    verdict = {"decision": "no_action", "statement": "Nothing is copied."}
    await sent(root, f"/admin/notices/{notice['id']}/decide", verdict)
    await sent(bob, f"/notices/{notice['reference']}/appeal", {"text": "Look again."})
    lines = await classroom.rows(
        "SELECT action, actor_id, request_id IS NOT NULL FROM audit_log WHERE target_id = ANY(%s) ORDER BY id",
        [review["id"], course["id"], notice["id"]],
    )
    assert lines[2:] == [
        ("review.dismiss_reports", root.id, True),
        ("review.hide", root.id, True),
        ("review.restore", root.id, True),
        ("course.suspend_sale", root.id, True),
        ("course.resume_sale", root.id, True),
        ("notice.decide", root.id, True),
        ("notice.appeal", bob.id, True),
    ]
    words = await classroom.rows("SELECT count(*) FROM audit_log WHERE details::text LIKE '%%Look%%'")
    assert words == [(0,)], "the log has ids and states, no words"


async def test_D12_a_refused_decision_is_written_down_too(classroom: Classroom, course: Json) -> None:
    eve = await classroom.person("instructor")
    refused = await eve.post(f"/admin/courses/{course['id']}/suspend-sale", {"reason": "A rival"})
    assert refusal(refused) == (403, "forbidden")
    assert await classroom.rows(
        "SELECT details->>'operation' FROM audit_log WHERE action = 'admin.denied' AND actor_id = %s", eve.id
    ) == [("suspend_sale",)]


@pytest.mark.parametrize(
    "text", ["{{7*7}}", "${7*7}", "%n%n%s", "{0.__class__}", "<script>alert(1)</script>", "\u202eabc"]
)
async def test_G21_what_people_write_to_moderators_is_kept_as_typed(
    classroom: Classroom, course: Json, review: Json, text: str
) -> None:
    root, bob = await classroom.person("admin"), await classroom.person("student")
    await sent(bob, f"/reviews/{review['id']}/report", {"reason": "other", "comment": text})
    notice = await sent(bob, "/notices", notice_about("course", course) | {"text": text})
    [found] = (await root.get("/admin/reviews?status=reported")).json()["data"]
    assert found["reports"][0]["comment"] == text
    assert (await root.get(f"/admin/notices/{notice['id']}")).json()["data"]["text"] == text
