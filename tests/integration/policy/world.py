"""A small world with one of everything, and for each caller which of it is their own, someone else's, or missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop, new_key
from tests.support.videos import Video, Videos

CALLERS = (
    "anonymous",
    "unverified",
    "student",
    "other_student",
    "enrolled",
    "instructor",
    "other_instructor",
    "admin",
)
NOTICE_SIDES = ("other_student", "instructor")
# The password that Classroom gives a person is made from the number in the name.
Json = dict[str, Any]


@dataclass
class World:
    people: dict[str, Person] = field(default_factory=dict)
    courses: dict[str, Json] = field(default_factory=dict)
    drafts: dict[str, Json] = field(default_factory=dict)
    lessons: dict[str, str] = field(default_factory=dict)
    enrollments: dict[str, str] = field(default_factory=dict)
    payments: dict[str, str] = field(default_factory=dict)
    reviews: dict[str, str] = field(default_factory=dict)
    notifications: dict[str, str] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    # Sent by one learner, about a course of the first instructor.
    notice: dict[str, str] = field(default_factory=dict)

    def places(self, caller: str, names: list[str]) -> dict[str, dict[str, str]]:
        """For each kind of object that a path with these parameters can lead to, the values to fill in."""
        if not names:
            return {"-": {}}
        found = {
            "own": self._place(names, self._own(caller)),
            "foreign": self._place(names, self._foreign(caller)),
            "hidden": self._place(names, self._hidden(caller)),
            "missing": self._place(names, {}, missing=True),
        }
        return {kind: place for kind, place in found.items() if place is not None}

    def _place(self, names: list[str], known: dict[str, str], *, missing: bool = False) -> dict[str, str] | None:
        values = {name: str(uuid4()) if missing else known.get(name) for name in names}
        return None if None in values.values() else {name: str(value) for name, value in values.items()}

    def _own(self, caller: str) -> dict[str, str]:
        person = self.people.get(caller)
        if person is None:
            return {}
        own = {"user_id": str(person.id), "session_id": _session_of(person)}
        own |= self._course(self.courses.get(caller))
        own |= {"enrollment_id": self.enrollments[caller]} if caller in self.enrollments else {}
        own |= {"payment_id": self.payments[caller]} if caller in self.payments else {}
        own |= {"notification_id": self.notifications[caller]} if caller in self.notifications else {}
        own |= self.notice if caller in NOTICE_SIDES else {}
        return own | ({"review_id": self.reviews[caller]} if caller in self.reviews else {})

    def _foreign(self, caller: str) -> dict[str, str]:
        """Something that belongs to others and is on sale or visible where such a thing can be."""
        owner = "enrolled" if caller == "other_student" else "other_student"
        teacher = "other_instructor" if caller == "instructor" else "instructor"
        return (
            {
                "user_id": str(self.people[owner].id),
                "session_id": _session_of(self.people[owner]),
                "enrollment_id": self.enrollments[owner],
                "payment_id": self.payments[owner],
                "review_id": self.reviews["other_instructor"] if caller == "instructor" else self.reviews[owner],
                "notification_id": self.notifications[teacher],
                "slug": "development",
            }
            | self._course(self.courses[teacher])
            | ({} if caller in NOTICE_SIDES else self.notice)
        )

    def _hidden(self, caller: str) -> dict[str, str]:
        """A draft of someone else."""
        return self._course(self.drafts["other_instructor" if caller == "instructor" else "instructor"])

    def _course(self, course: Json | None) -> dict[str, str]:
        if course is None:
            return {}
        return {"course_id": course["id"], "id_or_slug": course["slug"], "lesson_id": self.lessons[course["id"]]}


def _session_of(person: Person) -> str:
    return str(UUID(jwt.decode(person.token, options={"verify_signature": False})["sid"]))


async def make_world(classroom: Classroom, shop: Shop) -> World:
    """Two instructors with a course on sale and a draft each; two learners who paid one and reviewed it."""
    world = World()
    for caller in CALLERS[1:]:
        role = "instructor" if "instructor" in caller else "admin" if caller == "admin" else "student"
        world.people[caller] = await classroom.person(role)  # type: ignore[arg-type]  # one of the three
        if caller != "unverified":
            await classroom.rows(
                "UPDATE users SET email_verified_at = now() WHERE id = %s RETURNING 1", world.people[caller].id
            )
    for teacher in ("instructor", "other_instructor"):
        person = world.people[teacher]
        world.courses[teacher] = await classroom.published(person)
        world.drafts[teacher] = await classroom.draft(person)
        await classroom.lesson(person, world.drafts[teacher])
    for course_id, lesson_id in await classroom.rows("SELECT course_id::text, id::text FROM lessons"):
        world.lessons[course_id] = lesson_id
    videos = Videos(classroom.db, shop.resources)
    for lesson_id in world.lessons.values():
        world.videos[lesson_id] = await videos.hls(world.people["instructor"].id, lesson_id, segments=2)
    await _let_learn(world, "other_student", "instructor", shop)
    await _let_learn(world, "enrolled", "instructor", shop)
    world.reviews["instructor"] = world.reviews["enrolled"]
    foreign = await _let_learn(world, "other_student", "other_instructor", shop)
    world.reviews["other_instructor"] = foreign
    for teacher in ("instructor", "other_instructor"):
        told = (await world.people[teacher].get("/notifications")).json()["data"]
        world.notifications[teacher] = told[0]["id"]
    subject = {"type": "course", "id": world.courses["instructor"]["id"]}
    body = {"subject": subject, "reason": "copyright", "text": "Copied."}
    sent = (await world.people["other_student"].post("/notices", body)).json()["data"]
    world.notice = {"notice_id": sent["id"], "reference": sent["reference"]}
    return world


async def _let_learn(world: World, learner: str, teacher: str, shop: Shop) -> str:
    person, course = world.people[learner], world.courses[teacher]
    payment = await shop.buy(person, course["id"])
    review = await person.post(
        f"/courses/{course['id']}/reviews", {"rating": 5}, headers={"Idempotency-Key": new_key()}
    )
    assert review.status_code == 201, review.text
    enrollments = (await person.get("/enrollments")).json()["data"]
    world.enrollments.setdefault(learner, enrollments[0]["id"])
    world.payments.setdefault(learner, payment["id"])
    world.reviews.setdefault(learner, review.json()["data"]["id"])
    return str(review.json()["data"]["id"])
