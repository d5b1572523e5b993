"""A school with three people and every kind of object, for schemathesis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from tests.support.classroom import PREFIX, Classroom, Person
from tests.support.shop import Shop

Role = Literal["student", "instructor", "admin"]
ROLES: tuple[Role, ...] = ("student", "instructor", "admin")
PASSWORD = "contract-of-all-42!"
Json = dict[str, Any]


@dataclass(frozen=True)
class School:
    """The people, and the ids that each of them may use and may delete, by the name of the parameter."""

    people: dict[Role, Json]


async def make_school(classroom: Classroom, shop: Shop) -> School:
    """A paid and a free course, both taken and one reviewed by the student; drafts and people that may be deleted."""
    people = {role: await _sign_up(classroom, role) for role in ROLES}
    teacher, student = people["instructor"], people["student"]
    bought = await classroom.published(teacher, price=4900)
    free = await classroom.published(teacher, title="Given away", price=0)
    payment = await shop.buy(student, bought["id"])
    assert (await student.post("/enrollments", {"courseId": free["id"]})).status_code == 201
    review = (await student.post(f"/courses/{bought['id']}/reviews", {"rating": 5, "comment": "Clear"})).json()["data"]
    enrollments = (await student.get("/enrollments")).json()["data"]
    for number in range(4):
        await classroom.lesson(teacher, bought, title=f"Lesson {number}")
    lessons = [lesson["id"] for lesson in (await classroom.get(f"/courses/{bought['id']}")).json()["data"]["lessons"]]
    pending = [await classroom.pending(teacher, title=f"Pending {number}") for number in range(4)]
    drafts = [await classroom.draft(teacher, title=f"Draft {number}") for number in range(8)]
    others = [await classroom.person("student") for _ in range(4)]
    kept = {
        # Mostly the course of the lessons below, so that course and lesson often match.
        "course_id": [bought["id"]] * 6 + [free["id"], free["slug"], drafts[0]["id"], *(row["id"] for row in pending)],
        "courseId": [bought["id"], free["id"]],
        "lesson_id": lessons,
        "lessonId": lessons,
        "enrollment_id": [row["id"] for row in enrollments],
        "payment_id": [payment["id"]],
        "paymentId": [payment["id"]],
        "review_id": [review["id"]],
        "user_id": [str(others[0].id), str(student.id), str(teacher.id)],
        "userId": [str(student.id)],
        "instructorId": [str(teacher.id)],
        "slug": ["development", "design"],
        "category": ["development", "design"],
        "password": [PASSWORD],
        "currentPassword": [PASSWORD],
    }
    spare = {
        "course_id": [draft["id"] for draft in drafts[1:]],
        "user_id": [str(person.id) for person in others[1:]],
        "slug": ["music"],
    }
    return School(
        {
            role: await _account(classroom, role, people[role])
            | {"kept": kept | {"email": [_email(role)]}, "spare": spare}
            for role in ROLES
        }
    )


async def _account(classroom: Classroom, role: Role, person: Person) -> Json:
    [(password_hash,)] = await classroom.rows("SELECT password_hash FROM users WHERE id = %s", person.id)
    return {
        "id": str(person.id),
        "role": role,
        "email": _email(role),
        "password": PASSWORD,
        "password_hash": password_hash,
    }


async def _sign_up(classroom: Classroom, role: Role) -> Person:
    body = {"name": f"Contract {role}", "email": _email(role), "password": PASSWORD}
    body |= {"role": "instructor"} if role == "instructor" else {}
    answer = await classroom.client.post(PREFIX + "/users/register", json=body)
    assert answer.status_code == 201, answer.text
    session = answer.json()["data"]
    if role == "admin":
        await classroom.db.execute("UPDATE users SET role = 'admin' WHERE id = %s", [session["user"]["id"]])
    return Person(UUID(session["user"]["id"]), body["name"], session["accessToken"], classroom.client)


def _email(role: Role) -> str:
    return f"contract-{role}@example.com"
