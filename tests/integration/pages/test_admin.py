"""The dashboard does what the API does, with the same services, and shows everything as text."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.integration.notices.test_notices import send
from tests.support.classroom import Classroom, Json, Person
from tests.support.shop import Shop
from tests.support.statistics import refresh
from tests.support.visitor import Visitor, text_of

from coursify.core.counted import Statements
from coursify.core.http import middleware
from coursify.pages.core.formats import amount

pytestmark = pytest.mark.anyio

NET = """
    SELECT currency, -sum(amount_minor)::bigint FROM ledger_entries
    JOIN ledger_transactions AS booked ON booked.id = transaction_id
    WHERE source_type IN ('payment', 'refund', 'dispute')
      AND account IN ('platform_revenue', 'instructor_payable', 'tax_payable')
    GROUP BY currency
"""
HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'</textarea>"


@pytest.fixture
async def desk(classroom: Classroom) -> Visitor:
    return await Visitor(classroom.client).signed_in(await classroom.person("admin"))


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


async def actions_of(classroom: Classroom) -> list[str]:
    return [action for (action,) in await classroom.rows("SELECT action FROM audit_log ORDER BY id")]


async def reviewed(classroom: Classroom, teacher: Person, comment: str) -> tuple[Json, str]:
    """A course on sale with a review that somebody reported."""
    course, student = await classroom.published(teacher), await classroom.person("student")
    await classroom.enroll(student, course)
    posted = await student.post(f"/courses/{course['id']}/reviews", {"rating": 1, "comment": comment})
    assert posted.status_code == 201, posted.text
    review_id = posted.json()["data"]["id"]
    reported = await teacher.post(f"/reviews/{review_id}/report", {"reason": "abuse", "comment": comment})
    assert reported.status_code == 202, reported.text
    return course, review_id


async def test_an_admin_approves_a_course_that_waits(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    course = await classroom.pending(teacher, title="Knots for sailors")
    assert "Knots for sailors" in text_of(await desk.read("/admin/approvals"))
    shown = await desk.read(f"/admin/courses/{course['id']}")
    assert "<p>Read this</p>" in shown, "every lesson is shown as its author wrote it"
    changed = await teacher.put(f"/courses/{course['id']}", {"title": "Knots for everybody"})
    assert changed.status_code == 200, changed.text
    stale = await desk.send(f"/admin/courses/{course['id']}/approve", revision=revision_of(shown))
    assert (stale.status_code, "Knots for everybody" in stale.text) == (409, True), "what changed is shown first"
    answer = await desk.send(f"/admin/courses/{course['id']}/approve", revision=revision_of(stale.text))
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/approvals")
    assert "“Knots for everybody” is on sale." in await desk.read("/admin/approvals")
    assert await classroom.rows("SELECT status FROM courses") == [("published",)]
    assert "course.approve" in await actions_of(classroom)
    again = await desk.send(f"/admin/courses/{course['id']}/approve", revision=revision_of(stale.text))
    assert again.status_code == 409


def revision_of(page: str) -> str:
    found = re.search(r'name="revision" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_an_admin_rejects_a_course_with_a_reason_and_sees_what_changed_then(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    course = await classroom.pending(teacher)
    place = f"/admin/courses/{course['id']}"
    await desk.read(place)
    empty = await desk.send(f"{place}/reject", reason="  ")
    assert (empty.status_code, "Reason is required." in text_of(empty.text)) == (422, True)
    long = await desk.send(f"{place}/reject", reason="x" * 2_001)
    assert (long.status_code, "x" * 2_001 in long.text) == (422, True), "what was typed is kept"
    assert (await desk.send(f"{place}/reject", reason="Say more.")).status_code == 303
    changed = await teacher.put(
        f"/courses/{course['id']}",
        {"title": "Rust for everybody", "description": "<p>More</p>", "outcomes": ["Borrow & return"]},
    )
    assert changed.status_code == 200, changed.text
    assert (await teacher.post(f"/courses/{course['id']}/submit")).status_code == 200
    shown = text_of(await desk.read(place))
    assert "What changed since it was rejected" in shown
    assert "− Rust in practice + Rust for everybody" in shown
    assert "-<p>Words</p> +<p>More</p>" in shown
    assert "outcomes @@ -0,0 +1 @@ +Borrow & return" in shown
    assert "Outcomes Borrow & return" in shown


async def test_a_sale_is_suspended_and_resumed(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    course = await classroom.published(teacher)
    place = f"/admin/courses/{course['id']}"
    await desk.read(place)
    assert (await desk.send(f"{place}/suspend-sale", reason="A complaint.")).status_code == 303
    assert "A complaint." in text_of(await desk.read(place))
    assert (await classroom.get(f"/courses/{course['id']}")).status_code == 404
    assert (await desk.send(f"{place}/resume-sale")).status_code == 303
    assert (await classroom.get(f"/courses/{course['id']}")).status_code == 200
    assert {"course.suspend_sale", "course.resume_sale"} <= set(await actions_of(classroom))


async def test_courses_and_people_are_searched_literally(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    for title in ("Hundred % cotton", "Hundred bits"):
        await classroom.draft(teacher, title=title)
    for search, found in (("%", 1), ("HUNDRED", 2), ("_", 0), ("%25' OR 1=1", 0)):
        answer = await desk._call("GET", "/admin/courses", {}, params={"search": search, "status": ""})
        assert answer.text.count('class="strong"') == found, search
    assert "No course is like this" in (await desk.get("/admin/courses?search=nowhere")).text
    people = text_of(await desk.read(f"/admin/people?search={teacher.name.lower()}&role=instructor&status="))
    assert teacher.name in people
    assert (await desk.get("/admin/people?role=emperor")).status_code == 422
    assert (await desk.get("/admin/people?cursor=made-up")).status_code == 422


async def test_a_list_goes_on_by_cursor(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    for number in range(23):
        await classroom.draft(teacher, title=f"Course {number:02}")
    first = await desk.read("/admin/courses?status=draft")
    onward = re.search(r'href="([^"]+)" rel="next"', first)
    assert onward
    second = await desk.read(onward[1].replace("&amp;", "&"))
    titles = re.findall(r"Course \d\d", text_of(first)) + re.findall(r"Course \d\d", text_of(second))
    assert titles == [f"Course {number:02}" for number in reversed(range(23))]


async def test_a_reported_review_is_hidden_and_restored(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    _course, review_id = await reviewed(classroom, teacher, "Bad words")
    assert "Bad words" in text_of(await desk.read("/admin/reviews?status=reported"))
    await desk.read(f"/admin/reviews/{review_id}")
    assert (await desk.send(f"/admin/reviews/{review_id}/hide")).status_code == 422
    assert (await desk.send(f"/admin/reviews/{review_id}/hide", reason="An insult.")).status_code == 303
    assert await classroom.rows("SELECT status FROM reviews") == [("hidden",)]
    assert "No report waits" in await desk.read("/admin/reviews?status=reported")
    assert (await desk.send(f"/admin/reviews/{review_id}/restore")).status_code == 303
    assert await classroom.rows("SELECT status FROM reviews") == [("visible",)]


async def test_a_notice_is_decided_with_reasons(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    course, student = await classroom.published(teacher), await classroom.person("student")
    notice = await send(student, "course", course)
    place = f"/admin/notices/{notice['id']}"
    assert notice["reference"] in text_of(await desk.read("/admin/notices?status=open"))
    await desk.read(place)
    refused = await desk.send(f"{place}/decide", decision="hide_review", ground="law", statement="Because.")
    assert refused.status_code in {409, 422}
    assert "Because." in refused.text
    decided = await desk.send(f"{place}/decide", decision="suspend_sale", ground="law", statement="It copies a book.")
    assert decided.status_code == 303, decided.text
    assert "It copies a book." in text_of(await desk.read(place))
    assert (await classroom.get(f"/courses/{course['id']}")).status_code == 404


async def test_a_person_is_suspended_after_a_recent_sign_in_only(
    desk: Visitor, classroom: Classroom, teacher: Person, clock_file: Path
) -> None:
    admin = await classroom.person("admin")
    number = admin.name.removeprefix("Admin Number")
    desk = await Visitor(classroom.client).signed_in(admin)
    place = f"/admin/people/{teacher.id}"
    clock_file.write_text(str(timedelta(minutes=11).total_seconds()))
    assert "Change role or suspend" in await desk.read(place)
    asked = await desk.get(f"{place}/change")
    assert (asked.status_code, asked.headers["location"]) == (303, f"/account/step-up?next={place}/change")
    refused = await desk.send(f"{place}/change", status="suspended")
    assert (refused.status_code, refused.headers["location"]) == (303, f"/account/step-up?next={place}/change")
    assert await classroom.rows("SELECT status FROM users WHERE id = %s", teacher.id) == [("active",)]
    wrong = await desk.send(f"/account/step-up?next={place}/change", password="wrong")
    assert (wrong.status_code, "The password is wrong." in wrong.text) == (403, True)
    back = await desk.send(f"/account/step-up?next={place}/change", password=f"a-long-one-{number}!")
    assert back.headers["location"] == f"{place}/change"
    await desk.read(f"{place}/change")
    assert (await desk.send(f"{place}/change", status="suspended")).headers["location"] == place
    assert "suspended" in text_of(await desk.read(place))
    assert (await teacher.get("/users/me")).status_code == 401


async def test_sessions_of_a_person_are_ended_and_audited(desk: Visitor, classroom: Classroom, teacher: Person) -> None:
    await desk.read(f"/admin/people/{teacher.id}")
    assert (await desk.send(f"/admin/people/{teacher.id}/end-sessions")).status_code == 303
    assert (await teacher.get("/users/me")).status_code == 401
    assert "user.sessions_ended" in await actions_of(classroom)


async def test_a_person_is_erased_when_the_address_is_typed(
    desk: Visitor, classroom: Classroom, teacher: Person
) -> None:
    place = f"/admin/people/{teacher.id}/erase"
    address = teacher.name.lower().replace(" number", "") + "@example.com"
    assert address in await desk.read(place)
    wrong = await desk.send(place, confirmation="someone@example.com")
    assert (wrong.status_code, "is not the address of this person" in wrong.text) == (422, True)
    assert (await desk.send(place, confirmation=f" {address.upper()} ")).status_code == 303
    assert await classroom.rows("SELECT status, name FROM users WHERE id = %s", teacher.id) == [("erased", None)]


@pytest.mark.slow
async def test_money_on_the_page_of_today_equals_the_ledger(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person
) -> None:
    for title, price, currency in (("One", 1_001, "usd"), ("Two", 1_200, "jpy")):
        course = await classroom.published(teacher, title=title, price=price, currency=currency)
        payment = await shop.buy(await classroom.person("student"), course["id"])
    other = await shop.buy(await classroom.person("student"), course["id"])
    assert (await shop.refund(await classroom.person("admin"), payment["id"], amount=301)).status_code == 202
    await shop.settle()
    await refresh(shop.resources)
    shown = text_of(await desk.read("/admin"))
    # What Stripe collected, less what it returned, as the ledger has it.
    net = dict(await classroom.rows(NET))
    assert net == {"usd": 1_001, "jpy": 1_200 + other["amount"] - 301}
    for currency, minor in net.items():
        assert f"Net revenue, {currency.upper()} {amount(minor, currency)}" in shown


async def read_counted(desk: Visitor, path: str, monkeypatch: pytest.MonkeyPatch) -> int:
    counted: list[Statements] = []

    def count_statements() -> Statements:
        counted.append(Statements(texts=[]))
        return counted[-1]

    with monkeypatch.context() as patch:
        patch.setattr(middleware, "Statements", count_statements)
        await desk.read(path)
    return counted[0].count


@pytest.mark.slow
async def test_no_page_asks_more_of_the_database_for_more_rows(
    desk: Visitor, classroom: Classroom, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = await classroom.pending(teacher)
    paths = {
        "/admin": 12,
        "/admin/approvals": 1,
        "/admin/courses": 1,
        f"/admin/courses/{course['id']}": 10,
        "/admin/people": 2,
        f"/admin/people/{teacher.id}": 7,
        "/admin/reviews": 2,
        "/admin/notices": 2,
        "/admin/audit-log": 3,
        "/admin/health": 9,
    }
    few = {path: await read_counted(desk, path, monkeypatch) for path in paths}
    for number in range(5):
        await classroom.pending(teacher, title=f"Course {number}")
        await classroom.lesson(teacher, course)
        await reviewed(classroom, await classroom.person("instructor"), "Words")
    many: dict[str, Any] = {path: await read_counted(desk, path, monkeypatch) for path in paths}
    assert few == many
    assert {path: count for path, count in many.items() if count > paths[path]} == {}
