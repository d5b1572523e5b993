"""Notices from anyone, decisions with a statement of reasons to both sides, and one appeal."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
from tests.support.classroom import PREFIX, Classroom, Json, Person, refusal
from tests.support.mailbox import Mailbox

from coursify.core.counted import Statements
from coursify.core.http import middleware
from coursify.modules.notices.jobs import purge_expired
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

WORDS = "Pages 3 to 9 are copied from my book.\nI have <the> contract & can send it."
STATEMENT = "The author showed us the contract; the pages are copied."
CONTACT = {"name": "Nora Publisher", "email": "Nora@example.com"}
NOBODY = "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"


@pytest.fixture
async def author(classroom: Classroom, course: Json) -> Person:
    person = await classroom.person("student")
    await classroom.enroll(person, course)
    return person


@pytest.fixture
async def review(author: Person, course: Json) -> Json:
    return dict((await author.post(f"/courses/{course['id']}/reviews", {"rating": 1})).json()["data"])


def body(kind: str, subject: Json, **fields: Any) -> Json:
    return {"subject": {"type": kind, "id": subject["id"]}, "reason": "copyright", "text": WORDS} | fields


async def send_anonymously(classroom: Classroom, kind: str, subject: Json, **fields: Any) -> httpx.Response:
    sent = body(kind, subject, contact=CONTACT) | fields
    return await classroom.client.post(PREFIX + "/notices", json=sent)


async def send(person: Person, kind: str, subject: Json, **fields: Any) -> Json:
    answer = await person.post("/notices", body(kind, subject, **fields))
    assert answer.status_code == 202, answer.text
    return dict(answer.json()["data"])


async def decide(admin: Person, notice: Json, decision: str, **fields: Any) -> Json:
    answer = await admin.post(
        f"/admin/notices/{notice['id']}/decide", {"decision": decision, "statement": STATEMENT} | fields
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def waiting(admin: Person) -> list[tuple[str, str, list[str]]]:
    items = (await admin.get("/admin/attention?kind=notice_open")).json()["data"]
    return [(item["object"]["id"], item["why"], item["actions"]) for item in items]


async def test_anyone_sends_a_notice_and_gets_a_receipt(
    classroom: Classroom, admin: Person, course: Json, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    await run_jobs()
    mailbox.clear()
    answer = await send_anonymously(classroom, "course", course, goodFaith=True)
    assert answer.status_code == 202
    receipt = answer.json()["data"]
    assert re.fullmatch("N-[A-Z2-9]{4}-[A-Z2-9]{4}", receipt["reference"])
    assert (receipt["status"], receipt["decisions"], receipt["appealableUntil"]) == ("open", [], None)
    await run_jobs()
    [email] = mailbox.messages()
    assert email["subject"] == f"We received your notice {receipt['reference']}"
    assert "Nora" not in email["text"] + email["html"]
    assert WORDS not in email["text"]
    shown = (await admin.get(f"/admin/notices/{receipt['id']}")).json()["data"]
    assert (shown["text"], shown["goodFaith"], shown["contact"]) == (WORDS, True, CONTACT)
    assert (shown["notifierId"], shown["affectedId"]) == (None, course["instructorId"])
    assert await waiting(admin) == [(receipt["id"], "A notice about a course waits for a decision: copyright.", [])]
    [(sealed,)] = await classroom.rows("SELECT contact FROM notices")
    assert b"nora" not in bytes(sealed).lower()


async def test_an_address_alone_is_a_contact_and_only_child_abuse_needs_none(
    classroom: Classroom, admin: Person, course: Json, run_jobs: RunJobs
) -> None:
    answer = await send_anonymously(classroom, "course", course, contact="someone@example.com")
    assert answer.status_code == 202
    found = (await admin.get(f"/admin/notices/{answer.json()['data']['id']}")).json()["data"]
    assert found["contact"] == {"email": "someone@example.com", "name": None}
    assert refusal(await send_anonymously(classroom, "course", course, contact=None)) == (422, "contact_required")
    quiet = await send_anonymously(classroom, "course", course, contact=None, reason="child_abuse")
    assert quiet.status_code == 202
    await decide(admin, quiet.json()["data"], "suspend_sale", ground="law")
    await run_jobs()
    kinds = await classroom.rows(
        "SELECT kind FROM email_deliveries WHERE kind LIKE 'notice%%' OR kind = 'statement_of_reasons' ORDER BY id"
    )
    assert [kind for (kind,) in kinds] == ["notice_received", "statement_of_reasons"]


async def test_a_course_is_taken_off_sale_by_a_decision_and_both_sides_get_the_reasons(
    classroom: Classroom,
    admin: Person,
    teacher: Person,
    student: Person,
    course: Json,
    mailbox: Mailbox,
    run_jobs: RunJobs,
) -> None:
    notice = await send(student, "course", course)
    await run_jobs()
    mailbox.clear()
    decided = await decide(admin, notice, "suspend_sale", ground="law")
    assert (decided["status"], decided["decisions"][0]["decidedBy"]) == ("decided", str(admin.id))
    assert await waiting(admin) == []
    assert (await classroom.get(f"/courses/{course['id']}")).status_code == 404
    assert (await teacher.get(f"/courses/{course['id']}")).json()["data"]["saleSuspensionReason"] == STATEMENT
    await run_jobs()
    to_notifier, to_teacher = sorted(mailbox.messages(), key=lambda message: str(message["subject"]), reverse=True)
    assert to_notifier["subject"] == f"Your notice {notice['reference']}: the course was taken off sale"
    assert to_teacher["subject"] == "A notice about your course Rust in practice: the course was taken off sale"
    for email in (to_notifier, to_teacher):
        assert STATEMENT in email["text"]
        assert "based on the law" in email["text"]
        assert "no automated means" in email["text"].replace("\n", " ")
        assert f"http://testserver/notices/{notice['reference']}?token=" in email["text"]
    assert student.name not in str(to_teacher)
    assert teacher.name not in str(to_notifier)


async def test_a_review_is_hidden_by_a_decision_with_one_email_to_its_author(
    classroom: Classroom,
    admin: Person,
    student: Person,
    review: Json,
    course: Json,
    mailbox: Mailbox,
    run_jobs: RunJobs,
) -> None:
    notice = await send(student, "review", review, reason="defamation")
    await run_jobs()
    mailbox.clear()
    await decide(admin, notice, "hide_review")
    assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["ratingCount"] == 0
    await run_jobs()
    assert sorted(message["subject"] for message in mailbox.messages()) == [
        "A notice about your review of Rust in practice: the review was hidden",
        f"Your notice {notice['reference']}: the review was hidden",
    ]


async def test_a_notice_about_a_lesson_affects_its_course(
    classroom: Classroom, admin: Person, student: Person, course: Json
) -> None:
    [lesson] = (await classroom.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    notice = await send(student, "lesson", lesson)
    assert notice["subject"] == {
        "type": "lesson",
        "id": lesson["id"],
        "courseId": course["id"],
        "courseTitle": "Rust in practice",
    }
    await decide(admin, notice, "suspend_sale")
    assert (await classroom.get(f"/courses/{course['id']}")).status_code == 404


async def test_what_is_so_already_is_decided_all_the_same(
    admin: Person, student: Person, teacher: Person, author: Person, review: Json, course: Json
) -> None:
    first, second = await send(student, "review", review), await send(teacher, "review", review)
    third = await send(student, "course", course)
    await decide(admin, first, "hide_review")
    await decide(admin, second, "hide_review")
    await admin.post(f"/admin/courses/{course['id']}/suspend-sale", {"reason": "x"})
    await decide(admin, third, "suspend_sale")
    objection = await send(author, "review", review, reason="objection", text="It is true.")
    assert (await decide(admin, objection, "restore_review"))["status"] == "decided"


async def test_one_appeal_is_decided_by_another_admin(
    classroom: Classroom,
    admin: Person,
    teacher: Person,
    student: Person,
    course: Json,
    mailbox: Mailbox,
    run_jobs: RunJobs,
) -> None:
    other = await classroom.person("admin")
    notice = await send(student, "course", course)
    path = f"/notices/{notice['reference']}/appeal"
    assert refusal(await teacher.post(path, {"text": "No!"})) == (409, "notice_not_decided")
    await decide(admin, notice, "suspend_sale")
    await run_jobs()
    mailbox.clear()
    answers = await asyncio.gather(*(person.post(path, {"text": "No!"}) for person in (teacher, student, teacher)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    assert {refusal(answer)[1] for answer in answers if answer.status_code == 409} == {"already_appealed"}
    [(_id, why, _actions)] = await waiting(admin)
    assert why == f"An appeal against the decision about notice {notice['reference']} waits."
    refused = await admin.post(
        f"/admin/notices/{notice['id']}/decide", {"decision": "resume_sale", "statement": STATEMENT}
    )
    assert refusal(refused) == (409, "another_admin_needed")
    closed = await decide(other, notice, "resume_sale")
    assert (closed["status"], len(closed["decisions"])) == ("closed", 2)
    assert (await classroom.get(f"/courses/{course['id']}")).status_code == 200
    await run_jobs()
    subjects = sorted(message["subject"] for message in mailbox.messages())
    assert subjects == [
        "The appeal about notice " + notice["reference"] + ": the course is on sale again",
        "The appeal about your course Rust in practice: the course is on sale again",
        "We received your appeal about notice " + notice["reference"],
    ]
    assert refusal(await student.post(path, {"text": "Again"})) == (409, "already_appealed")
    again = {"decision": "no_action", "statement": "x"}
    assert refusal(await other.post(f"/admin/notices/{notice['id']}/decide", again)) == (409, "notice_decided")


async def test_the_only_admin_decides_about_the_appeal_as_well(
    classroom: Classroom, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    await classroom.db.execute("UPDATE users SET role = 'student' WHERE role = 'admin' AND id <> %s", [admin.id])
    notice = await send(student, "course", course)
    await decide(admin, notice, "no_action")
    await student.post(f"/notices/{notice['reference']}/appeal", {"text": "Look again."})
    assert (await decide(admin, notice, "suspend_sale"))["status"] == "closed"


async def test_someone_without_an_account_follows_and_appeals_with_the_token_of_the_email(
    classroom: Classroom, admin: Person, course: Json, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    notice = (await send_anonymously(classroom, "course", course)).json()["data"]
    await decide(admin, notice, "no_action")
    await run_jobs()
    [email] = [found for found in mailbox.messages(CONTACT["email"]) if "no action" in found["subject"]]
    [(link, token)] = re.findall(r"http://testserver(/notices/\S+\?token=(\S+))", email["text"])
    shown = await classroom.get(link)
    assert shown.json()["data"]["decisions"][0]["statement"] == STATEMENT
    assert "text" not in shown.json()["data"]
    path = f"{PREFIX}/notices/{notice['reference']}/appeal"
    for wrong in ({"text": "x"}, {"text": "x", "token": "x" * 43}, {"text": "x", "token": token[:-1]}):
        assert refusal(await classroom.client.post(path, json=wrong)) == (404, "notice_not_found")
    assert (await classroom.client.post(path, json={"text": "Look again", "token": token})).status_code == 202
    found = (await admin.get(f"/admin/notices/{notice['id']}")).json()["data"]
    assert found["appeal"] == {"by": "notifier", "text": "Look again", "appealedAt": found["appeal"]["appealedAt"]}


async def test_an_appeal_comes_too_late_after_six_months(
    classroom: Classroom, admin: Person, student: Person, course: Json
) -> None:
    notice = await send(student, "course", course)
    await decide(admin, notice, "no_action")
    await classroom.db.execute("UPDATE notices SET decided_at = decided_at - interval '185 days'")
    answer = await student.post(f"/notices/{notice['reference']}/appeal", {"text": "x"})
    assert refusal(answer) == (409, "appeal_too_late")


async def test_a_notice_is_there_for_its_two_sides_only(
    classroom: Classroom, teacher: Person, student: Person, course: Json
) -> None:
    notice = await send(student, "course", course)
    path = f"/notices/{notice['reference']}"
    assert (await student.get(path)).status_code == (await teacher.get(path)).status_code == 200
    stranger = await classroom.person("student")
    for answer in (await stranger.get(path), await classroom.get(path), await stranger.get("/notices/N-AAAA-AAAA")):
        assert refusal(answer) == (404, "notice_not_found")
    assert refusal(await stranger.post(f"{path}/appeal", {"text": "x"})) == (404, "notice_not_found")


async def test_a_notice_sent_twice_is_one(classroom: Classroom, student: Person, teacher: Person, course: Json) -> None:
    first = await send(student, "course", course)
    answers = await asyncio.gather(*(send(student, "course", course, text="Again") for _ in range(8)))
    assert all(answer == first for answer in answers)
    assert await classroom.rows("SELECT count(*) FROM notices") == [(1,)]


async def test_a_wrong_notice_is_refused_and_changes_nothing(
    classroom: Classroom, student: Person, admin: Person, teacher: Person, course: Json
) -> None:
    draft = await classroom.draft(teacher, title="Secret")
    for kind, code in (("course", "course"), ("lesson", "lesson"), ("review", "review")):
        answer = await student.post("/notices", body(kind, {"id": NOBODY}))
        assert refusal(answer) == (404, f"{code}_not_found")
    assert refusal(await student.post("/notices", body("course", draft))) == (404, "course_not_found")
    for wrong in (
        {"reason": "boring"}, {"text": ""}, {"text": " \n"}, {"text": "a" * 5_001}, {"text": None},
        {"goodFaith": False},
        {"contact": "no address"}, {"contact": {"name": "x"}}, {"status": "closed"}, {"subject": {"type": "user"}},
        {"subject": {"type": "course", "id": "x"}}, {"text": "a\u0000b"},
    ):  # fmt: skip
        answer = await student.post("/notices", body("course", course) | wrong)
        assert refusal(answer) == (422, "validation_failed"), wrong
    assert await classroom.rows("SELECT count(*) FROM notices") == [(0,)]
    notice = await send(student, "course", course)
    path = f"/admin/notices/{notice['id']}/decide"
    assert refusal(await admin.post(path, {"decision": "hide_review", "statement": "x"})) == (
        409,
        "decision_not_possible",
    )
    for wrong in ({}, {"decision": "delete", "statement": "x"}, {"decision": "no_action", "statement": ""}):
        assert refusal(await admin.post(path, wrong)) == (422, "validation_failed")
    for person in (student, teacher):
        assert refusal(await person.post(path, {"decision": "no_action", "statement": "x"})) == (403, "forbidden")
        assert refusal(await person.get(f"/admin/notices/{notice['id']}")) == (403, "forbidden")
    assert refusal(await admin.get(f"/admin/notices/{NOBODY}")) == (404, "notice_not_found")
    assert (await student.get(f"/notices/{notice['reference']}")).json()["data"]["status"] == "open"


async def test_two_admins_decide_once(classroom: Classroom, admin: Person, student: Person, course: Json) -> None:
    notice = await send(student, "course", course)
    other = await classroom.person("admin")
    answers = await asyncio.gather(
        *(
            person.post(f"/admin/notices/{notice['id']}/decide", {"decision": "suspend_sale", "statement": "x"})
            for person in (admin, other) * 3
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert await classroom.rows("SELECT count(*) FROM notice_decisions") == [(1,)]
    actions = await classroom.rows("SELECT action FROM audit_log WHERE target_id = %s", notice["id"])
    assert actions == [("notice.decide",)]


async def test_notices_are_listed_by_status_and_page(
    classroom: Classroom, admin: Person, student: Person, teacher: Person, course: Json
) -> None:
    made = [await send(person, "course", course) for person in (student, teacher)]
    made += [(await send_anonymously(classroom, "course", course)).json()["data"] for _ in range(3)]
    await decide(admin, made[0], "no_action")
    seen: list[str] = []
    cursor = ""
    while len(seen) < 4:
        page = (await admin.get(f"/admin/notices?status=open&limit=2{cursor}")).json()
        assert page["meta"]["total"] == 4
        seen += [notice["id"] for notice in page["data"]]
        cursor = f"&cursor={page['meta']['nextCursor']}"
    assert seen == [notice["id"] for notice in made[:0:-1]]
    [decided] = (await admin.get("/admin/notices?status=decided")).json()["data"]
    assert decided["id"] == made[0]["id"]
    assert (await admin.get("/admin/notices")).json()["meta"]["total"] == 5


async def test_words_and_contact_are_deleted_a_year_after_the_decision(
    classroom: Classroom, admin: Person, course: Json, resources: Resources
) -> None:
    old, new, waits = [(await send_anonymously(classroom, "course", course)).json()["data"] for _ in range(3)]
    await decide(admin, old, "no_action")
    await decide(admin, new, "no_action")
    await classroom.db.execute("UPDATE notices SET decided_at = now() - interval '366 days' WHERE id = %s", [old["id"]])
    await purge_expired(resources)
    kept = await classroom.rows("SELECT id::text FROM notices WHERE contact IS NOT NULL AND explanation IS NOT NULL")
    assert {notice_id for (notice_id,) in kept} == {new["id"], waits["id"]}
    shown = (await admin.get(f"/admin/notices/{old['id']}")).json()["data"]
    assert (shown["text"], shown["contact"], shown["status"]) == (None, None, "decided")


async def test_an_erased_person_leaves_no_words_in_notices(
    classroom: Classroom, admin: Person, student: Person, teacher: Person, course: Json, run_jobs: RunJobs
) -> None:
    notice = await send(student, "course", course)
    await decide(admin, notice, "no_action")
    await student.post(f"/notices/{notice['reference']}/appeal", {"text": "Look again."})
    assert (await admin.delete(f"/users/{student.id}")).status_code == 202
    await run_jobs()
    assert await classroom.rows("SELECT explanation, appeal, status FROM notices") == [(None, None, "appealed")]
    await decide(await classroom.person("admin"), notice, "suspend_sale")
    await run_jobs()


async def test_the_lists_of_moderation_cost_the_same_however_long(
    classroom: Classroom, admin: Person, course: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rating in (1, 2, 3, 4):
        person = await classroom.person("student")
        await classroom.enroll(person, course)
        review = (await person.post(f"/courses/{course['id']}/reviews", {"rating": rating})).json()["data"]
        assert (await admin.post(f"/reviews/{review['id']}/report", {"reason": "spam"})).status_code == 202
        await send(person, "course", course)
    counted: list[Statements] = []
    monkeypatch.setattr(middleware, "Statements", lambda: counted.append(Statements()) or counted[-1])
    for path in ("/admin/reviews?status=reported&", "/admin/notices?", f"/admin/courses/{course['id']}/review-diff?"):
        for limit in (1, 4):
            assert (await admin.get(f"{path}limit={limit}")).status_code == 200
    assert [statements.count for statements in counted] == [2, 2, 2, 2, 6, 6]
