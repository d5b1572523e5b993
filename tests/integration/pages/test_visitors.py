"""The small pages of ours that links in emails open: a review, a certificate, a notice with its appeal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.mailbox import Mailbox
from tests.support.visitor import Visitor, text_of

from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
def visitor(classroom: Classroom) -> Visitor:
    return Visitor(classroom.client)


def link_in(mailbox: Mailbox, key: str, to: str | None = None) -> str:
    """The path of the page that the email leads to, which is the same in text and HTML, and no address of the API."""
    [email] = [found for found in mailbox.messages(to) if found["messageKey"].startswith(f"{key}:")]
    for part in ("text", "html"):
        assert "/api/v1" not in email[part], key
    [path] = re.findall(r"http://testserver(/(?:reviews|certificates|notices)/\S+)", email["text"])
    assert path in email["html"].replace("&amp;", "&")
    return str(path)


async def test_an_answered_review_is_a_page_until_it_is_hidden(
    visitor: Visitor,
    classroom: Classroom,
    teacher: Person,
    admin: Person,
    student: Person,
    course: Json,
    mailbox: Mailbox,
    run_jobs: RunJobs,
) -> None:
    await classroom.enroll(student, course)
    comment = {"rating": 4, "comment": "Warm <b>bread</b> & butter"}
    review = (await student.post(f"/courses/{course['id']}/reviews", comment)).json()["data"]
    await teacher.post(f"/reviews/{review['id']}/reply", {"reply": "Thank you"})
    await run_jobs()
    path = link_in(mailbox, "review_answered")
    page = await visitor.read(path)
    for words in ("Warm <b>bread</b> & butter", "4 of 5 stars", "Thank you", student.name):
        assert words in text_of(page)
    await admin.post(f"/admin/reviews/{review['id']}/hide", {"reason": "Off topic"})
    await run_jobs()
    assert link_in(mailbox, "review_hidden") == path
    assert (await visitor.get(path)).status_code == 404
    author = await Visitor(classroom.client).signed_in(student)
    assert "You and our admins alone see this review." in text_of(await author.read(path))


async def test_a_certificate_is_a_page_that_says_whether_it_is_valid(
    visitor: Visitor, classroom: Classroom, student: Person, course: Json, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    await classroom.enroll(student, course)
    [enrollment] = (await student.get("/enrollments")).json()["data"]
    lessons = (await student.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    items = [{"lessonId": lesson["id"], "completed": True} for lesson in lessons]
    await student.put(f"/enrollments/{enrollment['id']}/progress", {"items": items})
    await run_jobs()
    path = link_in(mailbox, "certificate")
    page = await visitor.read(path)
    for words in ("This certificate is valid", student.name, course["title"]):
        assert words in text_of(page)
    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refunded'")
    page = await visitor.read(path)
    assert "This certificate is not valid any more" in text_of(page)
    assert student.name not in page
    assert (await visitor.get("/certificates/AAAA-AAAA")).status_code == 404


async def test_who_sent_a_notice_reads_the_decision_and_appeals_without_an_account(
    visitor: Visitor, classroom: Classroom, admin: Person, course: Json, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    body = {
        "subject": {"type": "course", "id": course["id"]},
        "reason": "copyright",
        "text": "Copied from my book.",
        "contact": {"email": "nora@example.com"},
    }
    sent = (await classroom.client.post("/api/v1/notices", json=body)).json()["data"]
    await run_jobs()
    path = link_in(mailbox, "notice_received", "nora@example.com")
    assert "A person will look at it" in text_of(await visitor.read(path))
    assert (await visitor.get(path.partition("?")[0])).status_code == 404
    decision = {"decision": "no_action", "statement": "They have a license."}
    await admin.post(f"/admin/notices/{sent['id']}/decide", decision)
    await run_jobs()
    assert link_in(mailbox, "notice_decided", "nora@example.com") == path
    page = text_of(await visitor.read(path))
    assert "No action was taken, by our terms." in page
    assert "They have a license." in page
    assert (await visitor.send(path.partition("?")[0], text="Look again.")).status_code == 404
    answer = await visitor.send(path, text="Look again.")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = await visitor.read(path)
    assert "Your appeal is received." in text_of(page)
    assert "<textarea" not in page
    assert (await visitor.send(path, text="And again.")).status_code == 409
    found = (await admin.get(f"/admin/notices/{sent['id']}")).json()["data"]
    assert found["appeal"]["text"] == "Look again."


@pytest.mark.parametrize("query", ["", "?token=%0D%0ASet-Cookie:%20a=b", "?token=%E2%98%83%22%3E"])
async def test_who_is_signed_in_appeals_with_any_token_or_none(
    classroom: Classroom, admin: Person, student: Person, course: Json, query: str
) -> None:
    body = {
        "subject": {"type": "course", "id": course["id"]},
        "reason": "copyright",
        "text": "Copied from my book.",
        "goodFaith": True,
    }
    sent = (await student.post("/notices", body)).json()["data"]
    decision = {"decision": "no_action", "statement": "They have a license."}
    await admin.post(f"/admin/notices/{sent['id']}/decide", decision)
    author = await Visitor(classroom.client).signed_in(student)
    path = f"/notices/{sent['reference']}"
    [action] = re.findall(r'action="(/notices/[^"]*)"', await author.read(path + query))
    answer = await author.send(action, text="Look again.")
    assert (answer.status_code, answer.headers["location"]) == (303, action)
    assert not {"\r", "\n"} & set(action)
    assert "Your appeal is received." in text_of(await author.read(answer.headers["location"]))
