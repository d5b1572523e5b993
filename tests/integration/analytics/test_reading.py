"""What statistics say: of the platform, of an instructor, of a course, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from tests.integration.analytics.test_rollups import busy_school
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop
from tests.support.statistics import refresh

from coursify.core.counted import Statements
from coursify.core.http import middleware

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

FACTS = ("orders", "order_lines", "ledger_", "enrollments ", "lesson_progress", "reviews", "course_views", "payments ")


async def stats(person: Person, path: str) -> Json:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def money(revenue: list[Json], *names: str) -> dict[str, tuple[int, ...]]:
    return {each["currency"]: tuple(each[name] for name in names) for each in revenue}


async def test_an_admin_sees_the_whole_platform(
    classroom: Classroom, shop: Shop, teacher: Person, admin: Person
) -> None:
    courses, _buyers = await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    found = await stats(admin, "/admin/stats")
    totals = found["totals"]
    ((users, on_sale),) = await classroom.rows("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM courses)")
    assert (totals["users"], totals["courses"], totals["publishedCourses"]) == (users, on_sale, on_sale)
    assert (totals["enrollments"], totals["payments"], totals["checkouts"]) == (4, 3, 4)
    assert (totals["views"], totals["completions"], totals["ratings"]) == (5, 1, 1)
    sold, returned = 4999 * 2 + 3333, 3333 + 1234
    assert money(totals["revenue"], "gross", "refunded", "net") == {
        "eur": (1001, 0, 1001),
        "usd": (sold, returned, sold - returned),
    }
    series = found["series"]
    assert (series["interval"], series["timezone"], series["approximate"]) == ("day", "UTC", False)
    assert len(series["rows"]) == 30
    today = series["rows"][-1]
    assert today["start"] == today["end"] == series["to"] == datetime.now(UTC).date().isoformat()
    assert (today["payments"], today["signUps"], today["dailyViewers"], today["dailyLearners"]) == (3, users, 5, 1)
    assert today["views"] == today["dailyViewers"]
    assert today["revenue"] == totals["revenue"]
    assert sum(row["enrollments"] for row in series["rows"][:-1]) == 0
    assert found["popularCourses"][0]["courseId"] == courses[0]["id"]
    assert found["refreshedAt"] is not None


async def test_popular_courses_are_ranked_by_what_is_asked_for(
    classroom: Classroom, shop: Shop, teacher: Person, admin: Person
) -> None:
    ranked = {
        "enrollments": ["First", "Third", "Second"],
        "views": ["First"],
        "revenue": ["First"],
        "revenue&currency=eur": ["Third"],
    }
    await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    for popular, titles in ranked.items():
        found = await stats(admin, f"/admin/stats?popular={popular}")
        assert [course["title"] for course in found["popularCourses"]] == titles, popular
        mine = await stats(teacher, f"/instructors/me/stats?popular={popular}")
        own = [title for title in titles if title != "Third"]
        assert [course["title"] for course in mine["popularCourses"]] == own, popular
        earlier = await stats(admin, f"/admin/stats?popular={popular}&from=2024-01-15&to=2025-03-20")
        assert earlier["popularCourses"] == [], popular


async def test_an_instructor_sees_their_own_courses_alone(classroom: Classroom, shop: Shop, teacher: Person) -> None:
    courses, _buyers = await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    mine = await stats(teacher, "/instructors/me/stats?interval=month")
    assert (mine["totals"]["enrollments"], mine["totals"]["payments"]) == (3, 2)
    assert money(mine["totals"]["revenue"], "gross", "refunded") == {"usd": (4999 * 2 + 3333, 3333 + 1234)}
    one = await stats(teacher, f"/courses/{courses[1]['id']}/stats?interval=week")
    assert money(one["totals"]["revenue"], "gross", "refunded", "net") == {"usd": (3333, 3333, 0)}
    assert (one["totals"]["checkouts"], one["totals"]["payments"]) == (2, 1)
    admins = await stats(await classroom.person("admin"), f"/courses/{courses[1]['id']}/stats?interval=week")
    assert admins["totals"] == one["totals"]


async def test_C02_statistics_of_a_course_are_for_its_instructor_and_admins(
    classroom: Classroom, teacher: Person, student: Person, course: Json
) -> None:
    eve, draft = await classroom.person("instructor"), await classroom.draft(teacher)
    assert refusal(await eve.get(f"/courses/{draft['id']}/stats")) == (404, "course_not_found")
    assert refusal(await eve.get(f"/courses/{course['id']}/stats")) == (403, "not_your_course")
    for path in (f"/courses/{course['id']}/stats", "/instructors/me/stats", "/admin/stats"):
        assert refusal(await student.get(path)) == (403, "forbidden")
        assert refusal(await classroom.get(path)) == (401, "unauthorized")
    assert refusal(await teacher.get("/admin/stats")) == (403, "forbidden")
    assert refusal(await teacher.get("/courses/nonsense/stats"))[0] == 404


async def test_a_course_shows_where_learners_stop_and_its_cohorts(
    classroom: Classroom, shop: Shop, teacher: Person
) -> None:
    course = await classroom.published(teacher, title="Long", price=0)
    for number in (2, 3):
        await classroom.lesson(teacher, course, title=f"Lesson {number}")
    lessons = [each["id"] for each in (await classroom.get(f"/courses/{course['id']}")).json()["data"]["lessons"]]
    for done in (3, 2, 2, 1):
        learner = await classroom.person("student")
        await learner.post("/enrollments", {"courseId": course["id"]})
        [enrolled] = (await learner.get("/enrollments")).json()["data"]
        items = [{"lessonId": lesson_id, "completed": True} for lesson_id in lessons[:done]]
        await learner.put(f"/enrollments/{enrolled['id']}/progress", {"items": items})
    await refresh(shop.resources)
    found = await stats(teacher, f"/courses/{course['id']}/stats")
    assert [(each["completions"], each["lost"]) for each in found["lessons"]] == [(4, 0), (3, 1), (1, 2)]
    month = datetime.now(UTC).strftime("%Y-%m")
    assert found["cohorts"] == [{"month": month, "enrollments": 4, "activity": [{"month": month, "learners": 4}]}]
    assert found["totals"]["completions"] == 1


async def test_P14_a_removed_lesson_leaves_the_statistics_and_takes_nothing_else_along(
    classroom: Classroom, shop: Shop, teacher: Person
) -> None:
    courses, _buyers = await busy_school(classroom, shop, teacher)
    await classroom.lesson(teacher, courses[0], title="Added later")
    [first, _added] = (await classroom.get(f"/courses/{courses[0]['id']}")).json()["data"]["lessons"]
    assert (await teacher.delete(f"/courses/{courses[0]['id']}/lessons/{first['id']}")).status_code == 200
    await refresh(shop.resources)
    found = await stats(teacher, f"/courses/{courses[0]['id']}/stats")
    assert [(each["title"], each["completions"]) for each in found["lessons"]] == [("Added later", 0)]
    assert found["totals"]["completions"] == 1


@pytest.mark.parametrize(
    ("path", "count"), [("/admin/stats", 11), ("/instructors/me/stats", 11), ("/courses/{id}/stats", 10)]
)
async def test_a_statistic_is_read_from_rollups_in_a_fixed_number_of_statements(
    classroom: Classroom,
    shop: Shop,
    teacher: Person,
    admin: Person,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    count: int,
) -> None:
    courses, _buyers = await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    person, place = (admin if "admin" in path else teacher), path.format(id=courses[0]["id"])
    await person.get(place)
    counted: list[Statements] = []

    def count_statements() -> Statements:
        counted.append(Statements(texts=[]))
        return counted[-1]

    monkeypatch.setattr(middleware, "Statements", count_statements)
    for query in ("", "?interval=month&from=2020-01-01", "?timezone=Asia/Kolkata", "?format=csv"):
        assert (await person.get(place + query)).status_code == 200
    assert [statements.count for statements in counted] == [count] * 4
    for text in (text for statements in counted for text in statements.texts or ()):
        assert not [fact for fact in FACTS if f"FROM {fact}" in text or f"JOIN {fact}" in text], text


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-02-30",
        "from=yesterday",
        "from=2026-11-02&to=2026-11-01",
        "from=2010-01-01&to=2026-01-01",
        "from=2016-01-01&to=2026-01-01&interval=month",
        "from=2020-01-01&to=2022-12-31&interval=day",
        "from=1999-12-31&to=2000-01-05",
        "from=2100-12-01&to=2101-01-01",
        "from=9999-12-31&to=9999-12-31",
        "from=1767225600",
        "from=2026-11-01T00:00:00",
        "from=0001-01-01T00:00:00Z&timezone=America/New_York",
        "to=9999-12-31T23:59:59Z&timezone=Asia/Tokyo",
        "timezone=Mars/Olympus",
        "timezone=../../etc/passwd",
        "timezone=%2B02:00",
        "timezone=localtime",
        "interval=hour",
        "popular=price",
        "currency=xxx",
        "format=xml",
        "table=users",
        "order_by=password_hash",
    ],
)
async def test_a_question_that_has_no_answer_is_refused(teacher: Person, query: str) -> None:
    answer = await teacher.get(f"/instructors/me/stats?{query}")
    assert (answer.status_code, answer.json()["success"]) == (422, False), answer.text
    assert answer.json()["error"]["details"] or answer.json()["error"]["code"] == "invalid_period"


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("from=2026-11-30&to=2026-11-01", "from", "2026-11-30 is after `to`, 2026-11-01"),
        ("from=2000-01-01T00:00:00Z&to=2000-01-02&timezone=America/Lima", "from", "the first day is 2000-01-01"),
        ("to=2000-01-01", "to", "the first day is 2000-01-01"),
        ("from=2100-12-31&to=2100-12-31T23:00:00Z&timezone=Asia/Tokyo", "to", "the last day is 2100-12-31"),
        ("from=2100-12-31T23:00:00Z&timezone=Asia/Tokyo", "from", "the last day is 2100-12-31"),
        ("from=2016-01-01&to=2026-01-01", "from", "2016-01-01 is more than 10 years before `to`, 2026-01-01"),
        ("from=2024-01-01&to=2026-11-24", "interval", "makes 1,059 periods, of at most 1,000"),
    ],
)
async def test_an_invalid_period_says_what_is_wrong_and_where(
    teacher: Person, query: str, field: str, message: str
) -> None:
    answer = await teacher.get(f"/instructors/me/stats?{query}")
    assert refusal(answer) == (422, "invalid_period")
    assert answer.json()["error"]["details"] == [{"field": field, "message": message}]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("from=2026-11-01&to=2026-11-01", 1),
        ("from=2024-02-29&to=2026-11-24", 1_000),
        ("from=2016-01-02&to=2026-01-01&interval=month", 121),
        ("from=2026-11-01T22:00:00Z&to=2026-11-03T10:00:00Z", 3),
        ("from=2026-11-01T23:30:00Z&to=2026-11-03T10:00:00Z&timezone=Europe/Berlin", 2),
        ("from=2026-11-07&to=2026-11-16&interval=week", 3),
    ],
)
async def test_every_period_of_the_days_is_listed(teacher: Person, query: str, rows: int) -> None:
    found = (await stats(teacher, f"/instructors/me/stats?{query}"))["series"]["rows"]
    assert len(found) == rows
    for one, following in pairwise(found):
        assert one["endsAt"] == following["startsAt"]


async def test_a_csv_has_the_rows_of_the_json(classroom: Classroom, shop: Shop, teacher: Person, admin: Person) -> None:
    await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    for answer in (
        await admin.get("/admin/stats?format=csv"),
        await admin.get("/admin/stats", headers={"Accept": "text/csv"}),
    ):
        rows = table(answer)
        assert len(rows) == 30
        assert rows[-1]["payments"] == "3"
        assert (rows[-1]["gross_usd"], rows[-1]["gross_eur"]) == (str(4999 * 2 + 3333), "1001")
    popular = table(await admin.get("/admin/stats?format=csv&table=popularCourses"))
    assert [row["title"] for row in popular] == ["First", "Third", "Second"]
    assert table(await admin.get("/admin/stats?format=csv&table=cohorts"))[0]["learners"] == "1"
    json = await admin.get("/admin/stats?format=json", headers={"Accept": "text/csv"})
    assert json.headers["content-type"] == "application/json"


async def test_ones_own_courses_have_their_counters(classroom: Classroom, shop: Shop, teacher: Person) -> None:
    await busy_school(classroom, shop, teacher)
    await classroom.draft(teacher, title="A draft")
    await refresh(shop.resources)
    courses = {course["title"]: course for course in (await teacher.get("/courses/mine")).json()["data"]}
    assert {title: (course["views"], course["enrollments"]) for title, course in courses.items()} == {
        "First": (5, 2),
        "Second": (0, 1),
        "A draft": (0, 0),
    }
    assert money(courses["First"]["revenue"], "gross", "refunded", "net") == {"usd": (9998, 1234, 8764)}
    assert courses["A draft"]["revenue"] == []
