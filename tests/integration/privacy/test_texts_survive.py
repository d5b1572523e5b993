"""What people type is read, exported and mailed as they typed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.classroom import PREFIX, Classroom, Person
from tests.support.markup import elements_of, text_of
from tests.support.people import People
from tests.support.shop import Shop

from coursify.core.text import clean_line, clean_prose
from coursify.modules.users.person_names import check_person_name

pytestmark = pytest.mark.anyio

TRICKY = [
    "if x<y then stop. The rest of my long review",
    "Clear on List<String>; if (a<b && c>d) works",
    "I <3 this. 5 < 6, Q & A",
    "HTML <div> tag lesson",
    "<b>&amp; \"quoted\" & 'single'</b>",
    "&lt;b&gt; {{ 7 * 7 }} %s </p><script>alert(1)</script>",
    "\ttabs\n\nand lines  ",
    "«Ça va ?» שלום 👩\u200d🏫 می\u200cخواهم",
]
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Mn", "Me"]), max_size=40)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Prose with something to read in it, normalized as every text is."""
    return clean_prose(draw(st.sampled_from(TRICKY)) + draw(WORDS) + "\n" + draw(WORDS))


@dataclass
class World:
    """A teacher with a course, and a learner who reviewed it."""

    people: People
    classroom: Classroom
    teacher: Person
    learner: Person
    course: dict[str, Any]
    review: dict[str, Any]

    async def export(self, person: Person) -> dict[str, Any]:
        await self.classroom.db.execute("DELETE FROM data_exports")
        await person.get("/users/me/export")
        await self.people.run_jobs()
        address = urlsplit((await person.get("/users/me/export")).json()["data"]["url"])
        archive: dict[str, Any] = (await self.classroom.client.get(f"{address.path}?{address.query}")).json()
        return archive

    async def email_to(self, person: Person) -> dict[str, Any]:
        email = (await person.get("/users/me")).json()["data"]["email"]
        await self.classroom.db.execute("DELETE FROM link_requests")
        await self.classroom.db.execute("DELETE FROM one_time_tokens")
        self.people.mailbox.clear()
        await self.classroom.client.post(PREFIX + "/users/forgot-password", json={"email": email})
        [reset] = await self.people.emails(email, kind="reset_password")
        return reset


@pytest.fixture
async def world(people: People, classroom: Classroom) -> World:
    teacher, learner = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher)
    await classroom.enroll(learner, course)
    review = (await learner.post(f"/courses/{course['id']}/reviews", {"rating": 5})).json()["data"]
    return World(people, classroom, teacher, learner, course, review)


def name_of(line: str) -> str:
    """A name has no message in it."""
    try:
        return check_person_name(line[:100].strip())
    except ValueError:
        return "Ada Lovelace"


def stored(answer: httpx.Response, field: str) -> Any:
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()["data"][field]


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts())
async def test_text_survives_from_writing_to_export_and_mail(world: World, text: str) -> None:
    review, course, line = f"/reviews/{world.review['id']}", f"/courses/{world.course['id']}", clean_line(text)
    assert stored(await world.learner.put(review, {"comment": text}), "comment") == text
    assert stored(await world.teacher.post(f"{review}/reply", {"reply": text}), "reply") == text
    assert stored(await world.teacher.put("/users/me", {"name": name_of(line), "bio": text}), "bio") == text
    changed = await world.teacher.put(course, {"title": text, "subtitle": text, "outcomes": [text]})
    assert (stored(changed, "title"), stored(changed, "subtitle")) == (line, line)
    assert stored(changed, "outcomes") == [line]

    shown = (await world.classroom.get(review)).json()["data"]
    assert (shown["comment"], shown["reply"]) == (text, text)
    profile = (await world.classroom.get(f"/users/{world.teacher.id}")).json()["data"]
    assert (profile["bio"], profile["courses"][0]["title"]) == (text, line)

    theirs, hers = await world.export(world.learner), await world.export(world.teacher)
    assert (theirs["reviews"][0]["comment"], theirs["reviews"][0]["reply"]) == (text, text)
    assert (hers["account"][0]["bio"], hers["replies"][0]["reply"]) == (text, text)
    assert (hers["courses"][0]["title"], hers["courses"][0]["subtitle"]) == (line, line)
    assert (hers["courses"][0]["requirements"], hers["courses"][0]["outcomes"]) == ([], [line])

    email = await world.email_to(world.teacher)
    assert profile["name"] in email["text"]
    assert profile["name"] in text_of(email["html"])


TITLE = "Q & A: List<String>, \"quotes\", 'n' <b>more</b> &amp; <3"


async def test_a_title_is_in_every_email_about_a_purchase_as_it_was_typed(
    people: People, classroom: Classroom, shop: Shop
) -> None:
    """Their HTML has the same elements as the emails about a plain title."""
    teacher, admin = await classroom.person("instructor"), await classroom.person("admin")
    elements: dict[str, list[list[str]]] = {}
    for title in (TITLE, "Plain"):
        buyer = await classroom.person("student")
        payment = await shop.buy(buyer, (await classroom.published(teacher, title=title))["id"])
        assert (await shop.refund(admin, payment["id"])).status_code == 202
        await shop.settle()
        emails = await people.emails((await buyer.get("/users/me")).json()["data"]["email"])
        for email in emails:
            kind = email["messageKey"].partition(":")[0]
            elements.setdefault(kind, []).append(elements_of(email["html"]))
            if kind != "welcome":
                assert title in email["text"]
                assert title in text_of(email["html"])
            if kind == "enrollment":
                assert email["subject"] == f"You are enrolled in {title}"
    assert elements.keys() == {"welcome", "enrollment", "receipt", "refund"}
    assert all(first == second for first, second in elements.values())
