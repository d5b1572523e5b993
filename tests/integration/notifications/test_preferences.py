"""Which emails a person gets: transactional ones always, news as they chose when it is composed."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.classroom import Classroom, Json, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop

from coursify.modules.notifications.services.revoke_links import revoke_links
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DEFAULTS = {"courseNews": True, "digest": False}


@pytest.fixture
async def review(student: Person, classroom: Classroom, course: Json) -> Json:
    await classroom.enroll(student, course)
    answer = await student.post(f"/courses/{course['id']}/reviews", {"rating": 4, "comment": "Good"})
    return dict(answer.json()["data"])


async def reply(teacher: Person, review: Json, words: str = "Thank you & <b>welcome</b>") -> None:
    answer = await teacher.post(f"/reviews/{review['id']}/reply", {"reply": words})
    assert answer.status_code == 201, answer.text


async def preferences_of(person: Person) -> Json:
    return dict((await person.get("/users/me/notifications")).json()["data"])


def news(mailbox: Mailbox) -> list[Json]:
    return [email for email in mailbox.messages() if email["messageKey"].startswith("review_answered:")]


def link_in(email: Json) -> str:
    found = re.fullmatch(r"<(http://testserver(/unsubscribe/[\w-]+))>", email["headers"]["List-Unsubscribe"])
    assert found, email["headers"]
    assert found[1] in email["text"]
    assert found[1] in email["html"]
    return found[2]


async def test_preferences_are_changed_field_by_field(student: Person) -> None:
    assert await preferences_of(student) == DEFAULTS
    answer = await student.put("/users/me/notifications", {"digest": True})
    assert answer.json()["data"] == {"courseNews": True, "digest": True}
    await student.put("/users/me/notifications", {"courseNews": False})
    assert await preferences_of(student) == {"courseNews": False, "digest": True}
    await student.put("/users/me/notifications", {})
    assert await preferences_of(student) == {"courseNews": False, "digest": True}


@pytest.mark.parametrize("body", [{"courseNews": None}, {"courseNews": "no"}, {"digest": 1}, {"receipts": False}, []])
async def test_other_preferences_are_invalid_and_change_nothing(student: Person, body: Any) -> None:
    assert refusal(await student.put("/users/me/notifications", body)) == (422, "validation_failed")
    assert await preferences_of(student) == DEFAULTS


async def test_an_answer_to_a_review_is_news_with_a_one_click_unsubscribe(
    student: Person, teacher: Person, review: Json, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await reply(teacher, review)
    await reply(teacher, review, "Corrected")
    await run_jobs()
    (email,) = news(mailbox)
    assert email["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Corrected" in email["text"]
    assert link_in(email)


async def test_transactional_emails_have_no_unsubscribe_and_ignore_the_preferences(
    student: Person, course: Json, shop: Shop, mailbox: Mailbox
) -> None:
    await student.put("/users/me/notifications", {"courseNews": False, "digest": False})
    await shop.buy(student, course["id"])
    sent = {email["messageKey"].partition(":")[0]: email for email in mailbox.messages()}
    assert {"welcome", "receipt", "enrollment"} <= set(sent)
    assert not [name for email in sent.values() for name in email["headers"] if name.startswith("List-")]


async def test_an_email_that_was_switched_off_while_it_was_queued_is_not_sent(
    student: Person, teacher: Person, review: Json, classroom: Classroom, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await reply(teacher, review)
    await student.put("/users/me/notifications", {"courseNews": False})
    await run_jobs()
    assert news(mailbox) == []
    state = await classroom.rows("SELECT state, reason FROM email_deliveries WHERE kind = 'review_answered'")
    assert state == [("suppressed", "the recipient switched course_news off")]


async def test_one_click_switches_the_kind_off_without_a_sign_in_and_a_second_click_changes_nothing(
    student: Person, teacher: Person, review: Json, classroom: Classroom, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await student.put("/users/me/notifications", {"digest": True})
    await reply(teacher, review)
    await run_jobs()
    link = link_in(news(mailbox)[0])
    page = await classroom.client.get(link)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 'method="post"' in page.text
    assert await preferences_of(student) == {"courseNews": True, "digest": True}

    for _ in range(2):
        answer = await classroom.client.post(link, data=ONE_CLICK)
        assert answer.status_code == 200, answer.text
        assert "no more emails with news of your courses" in answer.text
    assert await preferences_of(student) == {"courseNews": False, "digest": True}
    # Gmail sends it as multipart/form-data.
    await student.put("/users/me/notifications", {"courseNews": True})
    assert (await classroom.client.post(link, files={"List-Unsubscribe": (None, "One-Click")})).status_code == 200
    assert await preferences_of(student) == {"courseNews": False, "digest": True}


async def test_a_link_is_stable_and_ends_when_it_is_revoked(
    student: Person,
    teacher: Person,
    review: Json,
    classroom: Classroom,
    course: Json,
    resources: Resources,
    run_jobs: RunJobs,
    mailbox: Mailbox,
) -> None:
    await reply(teacher, review)
    await student.delete(f"/reviews/{review['id']}")
    again = await student.post(f"/courses/{course['id']}/reviews", {"rating": 5})
    await reply(teacher, again.json()["data"])
    await run_jobs()
    (email,) = news(mailbox)
    link = link_in(email)
    async with resources.database.transaction() as (db, now):
        await revoke_links(db, user_id=student.id, now=now)
    assert refusal(await classroom.client.post(link, data=ONE_CLICK)) == (404, "unsubscribe_link_invalid")
    page = await classroom.client.post(link, data=ONE_CLICK, headers=BROWSER)
    assert (page.status_code, "not valid any more" in page.text) == (404, True)
    assert await preferences_of(student) == DEFAULTS


async def test_bad_links_and_bad_forms_change_nothing(
    student: Person, teacher: Person, review: Json, classroom: Classroom, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await reply(teacher, review)
    await run_jobs()
    link = link_in(news(mailbox)[0])

    async def post(path: str, **body: Any) -> httpx.Response:
        return await classroom.client.post(path, **body)

    end = "A" if link[-1] != "A" else "B"
    for wrong in (
        link[:-6] + end * 6,
        link[:-1],
        "/unsubscribe/x",
        f"/unsubscribe/{uuid4()}",
        "/unsubscribe/é",
    ):
        assert refusal(await post(wrong, data=ONE_CLICK)) == (404, "unsubscribe_link_invalid"), wrong
        assert refusal(await classroom.client.get(wrong)) == (404, "unsubscribe_link_invalid"), wrong
    for body in ({}, {"data": {"a": "b"}}, {"json": {"List-Unsubscribe": "x"}}, {"content": b"\xff\x00"}):
        assert refusal(await post(link, **body)) == (400, "unsubscribe_incomplete"), body
    assert refusal(await post(link, content=b"x" * 9_000)) == (413, "body_too_large")
    assert (await classroom.client.put(link)).status_code == 405
    assert await preferences_of(student) == DEFAULTS


async def test_a_person_with_an_invalid_link_sees_a_page(classroom: Classroom) -> None:
    for method in ("GET", "POST"):
        answer = await classroom.client.request(method, "/unsubscribe/x", headers=BROWSER, data=ONE_CLICK)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>This link is not valid any more</h1>" in answer.text


async def test_an_erased_persons_link_is_answered_and_stores_nothing(
    student: Person, teacher: Person, review: Json, classroom: Classroom, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await reply(teacher, review)
    await run_jobs()
    link = link_in(news(mailbox)[0])
    erased = "UPDATE users SET status = 'erased', erased_at = now(), email = NULL, email_canonical = NULL, name = NULL"
    await classroom.rows(f"{erased}, password_hash = NULL WHERE id = %s RETURNING 1", student.id)
    assert (await classroom.client.post(link, data=ONE_CLICK)).status_code == 200
    assert await classroom.rows("SELECT 1 FROM notification_preferences") == []


async def test_links_in_emails_to_an_earlier_address_end_when_another_one_is_confirmed(
    student: Person, teacher: Person, review: Json, classroom: Classroom, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await reply(teacher, review)
    await run_jobs()
    link = link_in(news(mailbox)[0])
    welcome = next(email for email in mailbox.messages() if email["messageKey"] == f"welcome:{student.id}")
    await confirm(classroom, welcome)
    number = student.name.partition("Number")[2]
    body = {"currentPassword": f"a-long-one-{number}!", "email": "another@example.com"}
    assert (await student.put("/users/me/email", body)).status_code == 200
    assert (await classroom.client.post(link, data=ONE_CLICK)).status_code == 200
    await run_jobs()
    await confirm(classroom, mailbox.messages("another@example.com")[0])
    assert refusal(await classroom.client.post(link, data=ONE_CLICK)) == (404, "unsubscribe_link_invalid")


async def confirm(classroom: Classroom, email: Json) -> None:
    token = email["text"].split("?token=")[1].split()[0]
    answer = await classroom.client.post("/api/v1/users/verify-email", json={"token": token})
    assert answer.status_code == 200, answer.text
