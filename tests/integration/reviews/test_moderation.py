"""Reports about reviews, hiding and restoring, and the emails about it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.support.classroom import PREFIX, Classroom, Json, Person, refusal
from tests.support.mailbox import Mailbox

from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

COMMENT = "Buy <b>cheap</b> watches & more"
NOBODY = "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"


@pytest.fixture
async def author(classroom: Classroom, course: Json) -> Person:
    person = await classroom.person("student")
    await classroom.enroll(person, course)
    return person


@pytest.fixture
async def review(author: Person, course: Json) -> Json:
    answer = await author.post(f"/courses/{course['id']}/reviews", {"rating": 2, "comment": COMMENT})
    return dict(answer.json()["data"])


async def report(person: Person, review: Json, **fields: Any) -> Json:
    answer = await person.post(f"/reviews/{review['id']}/report", {"reason": "spam"} | fields)
    assert answer.status_code == 202, answer.text
    return dict(answer.json()["data"])


async def decide(admin: Person, review: Json, what: str, reason: str | None = None) -> Json:
    body = None if reason is None else {"reason": reason}
    answer = await admin.post(f"/admin/reviews/{review['id']}/{what}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def listed(admin: Person, status: str) -> list[str]:
    found = (await admin.get(f"/admin/reviews?status={status}")).json()
    assert found["meta"]["total"] == len(found["data"])
    return [review["id"] for review in found["data"]]


async def work_list(admin: Person) -> list[tuple[str, str, list[str]]]:
    items = (await admin.get("/admin/attention?kind=review_reported")).json()["data"]
    return [(item["object"]["id"], item["why"], item["actions"]) for item in items]


async def test_a_reported_review_is_listed_with_its_reports_until_it_is_hidden(
    classroom: Classroom, admin: Person, student: Person, teacher: Person, review: Json, course: Json
) -> None:
    receipt = await report(student, review, comment="An advertisement\n  for <watches>")
    assert receipt.keys() == {"id", "reviewId", "reason", "comment", "createdAt", "isOpen"}
    assert (receipt["reviewId"], receipt["reason"], receipt["isOpen"]) == (review["id"], "spam", True)
    await report(teacher, review, reason="off_topic")
    [found] = (await admin.get("/admin/reviews?status=reported")).json()["data"]
    assert (found["reportCount"], found["openReportCount"], found["lastDecision"]) == (2, 2, None)
    assert [(r["reporterId"], r["reason"], r["comment"]) for r in found["reports"]] == [
        (str(teacher.id), "off_topic", None),
        (str(student.id), "spam", "An advertisement\n  for <watches>"),
    ]
    assert found["comment"] == COMMENT
    why = "A review has 2 open reports, the last one for off_topic."
    assert await work_list(admin) == [(review["id"], why, [])]
    hidden = await decide(admin, review, "hide", "Advertising")
    assert (hidden["status"], hidden["openReportCount"], hidden["reportCount"]) == ("hidden", 0, 2)
    assert hidden["lastDecision"]["decision"] == "hide"
    assert hidden["lastDecision"]["reason"] == "Advertising"
    assert hidden["lastDecision"]["decidedBy"] == str(admin.id)
    assert (await listed(admin, "reported"), await listed(admin, "hidden")) == ([], [review["id"]])
    assert await work_list(admin) == []
    assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["ratingCount"] == 0


async def test_a_person_reports_a_review_once(student: Person, review: Json, classroom: Classroom) -> None:
    first = await report(student, review, comment="one")
    assert await report(student, review, reason="abuse", comment="two") == first
    answers = await asyncio.gather(*(report(student, review) for _ in range(10)))
    assert all(answer == first for answer in answers)
    assert await classroom.rows("SELECT count(*) FROM review_reports") == [(1,)]


async def test_nobody_reports_their_own_review_or_one_they_cannot_read(
    classroom: Classroom, admin: Person, author: Person, student: Person, review: Json
) -> None:
    path = f"/reviews/{review['id']}/report"
    async with classroom.unchanged():
        assert refusal(await author.post(path, {"reason": "spam"})) == (403, "own_review_report")
        missing = await student.post(f"/reviews/{NOBODY}/report", {"reason": "spam"})
        assert refusal(missing) == (404, "review_not_found")
        for body in ({}, {"reason": "boring"}, {"reason": None}, {"reason": "spam", "comment": "a" * 2_001}, {"x": 1}):
            assert refusal(await student.post(path, body)) == (422, "validation_failed")
    await decide(admin, review, "hide", "Advertising")
    assert refusal(await student.post(path, {"reason": "spam"})) == (404, "review_not_found")
    assert refusal(await author.post(path, {"reason": "spam"})) == (403, "own_review_report")
    assert await classroom.rows("SELECT count(*) FROM review_reports") == [(0,)]


async def test_a_learner_reports_a_review_of_a_course_that_is_off_sale(
    classroom: Classroom, admin: Person, student: Person, course: Json, review: Json
) -> None:
    await admin.post(f"/admin/courses/{course['id']}/suspend-sale", {"reason": "x"})
    refused = await student.post(f"/reviews/{review['id']}/report", {"reason": "spam"})
    assert refusal(refused) == (404, "review_not_found")
    await classroom.enroll(student, course)
    await report(student, review)


async def test_dismissed_reports_leave_the_review_and_a_new_one_opens_it_again(
    classroom: Classroom, admin: Person, student: Person, teacher: Person, review: Json, course: Json
) -> None:
    await report(student, review)
    kept = await decide(admin, review, "dismiss-reports")
    assert (kept["status"], kept["openReportCount"], kept["lastDecision"]["decision"]) == ("visible", 0, "dismiss")
    assert (await report(student, review))["isOpen"] is False
    assert await listed(admin, "reported") == []
    await report(teacher, review)
    assert await listed(admin, "reported") == await listed(admin, "visible") == [review["id"]]
    assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["ratingCount"] == 1


async def test_a_restored_review_counts_with_the_rating_that_it_has_then(
    classroom: Classroom, admin: Person, author: Person, review: Json, course: Json
) -> None:
    await decide(admin, review, "hide", "Advertising")
    assert (await author.get(f"/reviews/{review['id']}")).json()["data"]["status"] == "hidden"
    assert (await author.put(f"/reviews/{review['id']}", {"rating": 5})).json()["data"]["status"] == "hidden"
    restored = await decide(admin, review, "restore")
    assert (restored["status"], restored["comment"]) == ("visible", COMMENT)
    shown = (await classroom.get(f"/courses/{course['id']}")).json()["data"]
    assert (shown["averageRating"], shown["ratingCount"]) == (5.0, 1)


async def test_the_author_and_those_who_reported_get_one_email_each(
    admin: Person, student: Person, teacher: Person, review: Json, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    await report(student, review)
    await report(teacher, review)
    await run_jobs()
    mailbox.clear()
    await decide(admin, review, "hide", "It <sells> watches.")
    await run_jobs()
    subjects = sorted(message["subject"] for message in mailbox.messages())
    assert subjects == ["The review that you reported was hidden"] * 2 + ["Your review of Rust in practice was hidden"]
    [to_author] = [message for message in mailbox.messages() if message["subject"].startswith("Your")]
    assert "It <sells> watches." in to_author["text"]
    assert "no automated means" in to_author["text"]
    assert "It &lt;sells&gt; watches." in to_author["html"]
    assert student.name not in str(to_author)
    mailbox.clear()
    await decide(admin, review, "restore", "We were wrong.")
    await run_jobs()
    [again] = mailbox.messages()
    assert again["subject"] == "Your review of Rust in practice is visible again"
    assert "We were wrong." in again["text"]


async def test_a_dismissed_report_is_answered_without_a_word_about_the_author(
    admin: Person, author: Person, student: Person, review: Json, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    await report(student, review)
    await run_jobs()
    mailbox.clear()
    await decide(admin, review, "dismiss-reports", "Not an advertisement")
    await run_jobs()
    [answer] = mailbox.messages()
    assert answer["subject"] == "The review that you reported stays visible"
    assert author.name not in str(answer)


async def test_what_is_decided_already_is_refused(
    classroom: Classroom, admin: Person, student: Person, teacher: Person, review: Json
) -> None:
    path = f"/admin/reviews/{review['id']}"
    async with classroom.unchanged():
        assert refusal(await admin.post(f"{path}/restore")) == (409, "review_not_hidden")
        assert refusal(await admin.post(f"{path}/dismiss-reports")) == (409, "review_not_reported")
        for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": "a" * 2_001}, {"reason": "x", "status": "hidden"}):
            assert refusal(await admin.post(f"{path}/hide", body)) == (422, "validation_failed")
        for person in (student, teacher):
            for what in ("hide", "restore", "dismiss-reports"):
                assert refusal(await person.post(f"{path}/{what}", {"reason": "x"})) == (403, "forbidden")
        for what in ("hide", "restore", "dismiss-reports"):
            refused = await admin.post(f"/admin/reviews/{NOBODY}/{what}", {"reason": "x"})
            assert refusal(refused) == (404, "review_not_found")
    answers = await asyncio.gather(*(admin.post(f"{path}/hide", {"reason": str(n)}) for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    actions = await classroom.rows("SELECT action FROM audit_log WHERE target_id = %s", review["id"])
    assert actions == [("review.hide",)]


async def test_a_deleted_review_leaves_the_lists_and_the_work_list(
    admin: Person, author: Person, student: Person, review: Json
) -> None:
    await report(student, review)
    assert (await author.delete(f"/reviews/{review['id']}")).status_code == 200
    assert await listed(admin, "reported") == []
    assert await work_list(admin) == []
    refused = await admin.post(f"/admin/reviews/{review['id']}/hide", {"reason": "x"})
    assert refusal(refused) == (404, "review_not_found")


async def test_the_list_has_pages_and_refuses_what_it_does_not_know(
    classroom: Classroom, admin: Person, student: Person, course: Json
) -> None:
    made = []
    for _ in range(5):
        person = await classroom.person("student")
        await classroom.enroll(person, course)
        answer = await person.post(f"/courses/{course['id']}/reviews", {"rating": 3})
        made.append(answer.json()["data"]["id"])
        await report(student, answer.json()["data"])
    seen: list[str] = []
    cursor = ""
    while len(seen) < 5:
        page = (await admin.get(f"/admin/reviews?status=reported&limit=2{cursor}")).json()
        assert page["meta"]["total"] == 5
        seen += [review["id"] for review in page["data"]]
        cursor = f"&cursor={page['meta']['nextCursor']}"
    assert seen == made[::-1]
    for query in ("status=deleted", "sort=rating", "limit=0", "cursor=x", "status=hidden" + cursor):
        assert (await admin.get(f"/admin/reviews?{query}")).status_code == 422, query
    assert refusal(await student.get("/admin/reviews")) == (403, "forbidden")


async def test_who_deletes_a_hidden_review_and_writes_again_stays_hidden_until_an_admin_restores(
    author: Person, admin: Person, review: Json, course: Json, classroom: Classroom
) -> None:
    await decide(admin, review, "hide", "Against the rules")
    await author.delete(f"/reviews/{review['id']}")
    path = f"/courses/{course['id']}/reviews"
    again = await author.post(path, {"rating": 1, "comment": COMMENT})
    assert (again.status_code, again.json()["data"]["status"]) == (201, "hidden")
    listed_again = (await classroom.client.get(PREFIX + path)).json()
    assert (listed_again["data"], listed_again["meta"]["ratingCount"]) == ([], 0)
    assert await listed(admin, "hidden") == [again.json()["data"]["id"]]

    await decide(admin, again.json()["data"], "restore")
    await author.delete(f"/reviews/{again.json()['data']['id']}")
    third = await author.post(path, {"rating": 4})
    assert third.json()["data"]["status"] == "visible"
    assert (await classroom.client.get(PREFIX + path)).json()["meta"]["ratingCount"] == 1
