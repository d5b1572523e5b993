"""Lists are searched in any case, and their pages go on in the order that was asked for."""

from __future__ import annotations

import re
from html import unescape

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.visitor import Visitor

pytestmark = pytest.mark.anyio

NAMES = ("Zoë Ångström", "alice Łącka", "Bob", "ΝΊΚΟΣ Παππάς", "straße", "İpek", "小明", "Alice Adams", "100% cotton")


@pytest.fixture
async def desk(classroom: Classroom) -> Visitor:
    return await Visitor(classroom.client).signed_in(await classroom.person("admin"))


async def name_people(classroom: Classroom, names: tuple[str, ...] = NAMES) -> list[Person]:
    people = [await classroom.person("student") for _name in names]
    for person, name in zip(people, names, strict=True):
        await classroom.rows("UPDATE users SET name = %s WHERE id = %s RETURNING id", name, person.id)
    return people


async def walk(desk: Visitor, path: str) -> list[str]:
    """The first column of a list, page after page, until there is no next page."""
    found: list[str] = []
    for _page in range(20):
        shown = await desk.read(path)
        found += [unescape(title) for title in re.findall(r'<a class="strong[^"]*" href="[^"]+">([^<]+)</a>', shown)]
        following = re.search(r'href="([^"]+)" rel="next"', shown)
        if not following:
            return found
        path = unescape(following[1])
    raise AssertionError("the list has no end")


async def test_people_are_found_by_a_part_of_their_name_or_address_in_any_case(
    desk: Visitor, classroom: Classroom
) -> None:
    people = await name_people(classroom)
    number = people[2].name.removeprefix("Student Number")
    for search, found in {
        "ÅNGSTRÖM": ["Zoë Ångström"],
        "łĄCKA": ["alice Łącka"],
        "νίκος": ["ΝΊΚΟΣ Παππάς"],
        "STRASSE": ["straße"],
        "İPEK": ["İpek"],
        "明": ["小明"],
        "0%": ["100% cotton"],
        f"STUDENT{number}@Example": ["Bob"],
        "nobody": [],
    }.items():
        assert await walk(desk, f"/admin/people?search={search.replace('%', '%25')}") == found, search


@pytest.mark.parametrize("search", ["", "student"])
async def test_people_are_sorted_by_name_over_pages(desk: Visitor, classroom: Classroom, search: str) -> None:
    await name_people(classroom)
    await name_people(classroom, ("Bob", "bob"))
    by_name = sorted([*NAMES, "Bob", "bob"], key=str.casefold)
    address = f"/admin/people?role=student&limit=2&search={search}"
    upwards, downwards = await walk(desk, address + "&sort=name"), await walk(desk, address + "&sort=-name")
    assert [name.casefold() for name in upwards] == [name.casefold() for name in by_name]
    assert downwards == upwards[::-1], "people of one name keep their order"
    newest = await walk(desk, address)
    assert sorted(newest) == sorted(upwards)
    assert await walk(desk, address + "&sort=joined") == newest[::-1]


async def test_courses_are_sorted_over_pages(desk: Visitor, classroom: Classroom) -> None:
    teacher = await classroom.person("instructor")
    courses = {
        title: await classroom.draft(teacher, title=title, price=price)
        for title, price in (("knots", 5_000), ("Sails", 0), ("Äpfel", 2_500), ("Anchors", 5_000), ("boats", 1_900))
    }
    await classroom.rows("UPDATE courses SET price_minor = NULL WHERE id = %s RETURNING id", courses["Sails"]["id"])
    for title, count in (("knots", 3), ("boats", 3), ("Sails", 12)):
        await classroom.rows(
            "UPDATE courses SET enrollment_count = %s, updated_at = now() + %s * interval '1 day' WHERE id = %s"
            " RETURNING id",
            *(count, count, courses[title]["id"]),
        )
    expected = {
        "title": ["Anchors", "boats", "knots", "Sails", "Äpfel"],
        "price": ["Sails", "boats", "Äpfel", "knots", "Anchors"],
        "enrollments": ["Äpfel", "Anchors", "knots", "boats", "Sails"],
        "created": ["knots", "Sails", "Äpfel", "Anchors", "boats"],
    }
    for name, titles in expected.items():
        assert await walk(desk, f"/admin/courses?limit=2&sort={name}") == titles, name
        assert await walk(desk, f"/admin/courses?limit=2&sort=-{name}") == titles[::-1], name
    assert (await walk(desk, "/admin/courses?limit=2&sort=-updated"))[0] == "Sails"
    assert await walk(desk, "/admin/courses?limit=2&sort=-created") == await walk(desk, "/admin/courses?limit=2")
    assert await walk(desk, "/admin/courses?search=A&limit=1&sort=title") == ["Anchors", "boats", "Sails"]


async def test_reviews_and_the_audit_log_are_sorted_over_pages(desk: Visitor, classroom: Classroom) -> None:
    teacher = await classroom.person("instructor")
    course = await classroom.published(teacher)
    for rating in (3, 5, 1, 5):
        student = await classroom.person("student")
        await classroom.enroll(student, course)
        written = await student.post(
            f"/courses/{course['id']}/reviews", {"rating": rating, "comment": f"{student.name}, {rating} stars"}
        )
        assert written.status_code == 201, written.text
    oldest = await walk(desk, "/admin/reviews?limit=1&sort=written")
    assert await walk(desk, "/admin/reviews?limit=1") == oldest[::-1]
    best = await walk(desk, "/admin/reviews?limit=1&sort=-rating")
    assert [words[-7] for words in best] == ["5", "5", "3", "1"]
    assert await walk(desk, "/admin/reviews?limit=3&sort=rating") == best[::-1]
    actions = await walk(desk, "/admin/audit-log?limit=1&sort=at")
    assert len(actions) == (await classroom.rows("SELECT count(*) FROM audit_log"))[0][0]
    assert await walk(desk, "/admin/audit-log?limit=1") == actions[::-1]


async def test_only_the_orders_of_a_list_are_accepted(desk: Visitor, classroom: Classroom) -> None:
    await name_people(classroom, ("Ada", "Bea", "Cid"))
    for path in ("/admin/people", "/admin/courses", "/admin/reviews", "/admin/audit-log"):
        assert (await desk.get(f"{path}?sort=id;DROP TABLE users")).status_code == 422, path
    shown = await desk.read("/admin/people?limit=1&sort=name")
    following = re.search(r'href="([^"]+)" rel="next"', shown)
    assert following
    other_order = unescape(following[1]).replace("sort=name", "sort=-name")
    assert (await desk.get(other_order)).status_code in {400, 422}, "a cursor fits one order"
    assert 'aria-sort="ascending"' in shown
    assert "sort=-name" in shown, "the same header turns the order round"
