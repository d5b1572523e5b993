"""Notices about what is deleted before the decision, and wrong contacts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.classroom import PREFIX, Classroom, Json, Person, refusal

pytestmark = pytest.mark.anyio


async def send(person: Person, kind: str, subject_id: str) -> Json:
    body = {"subject": {"type": kind, "id": subject_id}, "reason": "copyright", "text": "Copied"}
    answer = await person.post("/notices", body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json()["data"])


async def test_what_was_deleted_is_decided_without_an_action(
    classroom: Classroom, admin: Person, student: Person, teacher: Person, course: Json
) -> None:
    author = await classroom.person("student")
    await classroom.enroll(author, course)
    review = (await author.post(f"/courses/{course['id']}/reviews", {"rating": 1})).json()["data"]
    notices = {
        "hide_review": await send(student, "review", review["id"]),
        "suspend_sale": await send(student, "course", course["id"]),
    }
    await author.delete(f"/reviews/{review['id']}")
    await teacher.delete(f"/courses/{course['id']}")
    for decision, notice in notices.items():
        path = f"/admin/notices/{notice['id']}/decide"
        refused = await admin.post(path, {"decision": decision, "statement": "Copied"})
        assert refusal(refused)[:2] == (409, "subject_deleted")
        assert (await admin.get(f"/admin/notices/{notice['id']}")).json()["data"]["status"] == "open"
        decided = await admin.post(path, {"decision": "no_action", "statement": "It was deleted."})
        assert decided.json()["data"]["status"] == "decided"


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        (5, "contact"),
        ([], "contact"),
        ("nobody", "contact.email"),
        ("a@example.com\r\nBcc: b@example.com", "contact.email"),
        ({}, "contact.email"),
        ({"email": "a@example.com", "phone": "1"}, "contact.phone"),
    ],
)
async def test_a_wrong_contact_is_named_by_its_field(
    classroom: Classroom, course: Json, contact: Any, field: str
) -> None:
    body = {"subject": {"type": "course", "id": course["id"]}, "reason": "spam", "text": "x", "contact": contact}
    answer = await classroom.client.post(PREFIX + "/notices", json=body)
    assert answer.status_code == 422
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == [field]
