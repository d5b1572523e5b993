"""The stored statistics follow the facts, equal the ledger, and are the same when they are rebuilt."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.statistics import assert_equal_when_rebuilt, refresh, stored_figures

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

_LEDGER = """
    SELECT entry.currency, sum(entry.amount_minor * CASE WHEN {kind} THEN -1 ELSE 0 END)::bigint
    FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
    WHERE entry.order_line_id IS NOT NULL AND entry.account IN ('platform_revenue', 'instructor_payable')
    GROUP BY 1 ORDER BY 1
"""


async def learn(learner: Person, course: Json) -> None:
    """Complete every lesson."""
    [enrolled] = [
        each for each in (await learner.get("/enrollments")).json()["data"] if each["courseId"] == course["id"]
    ]
    place = (await learner.get(f"/enrollments/{enrolled['id']}")).json()["data"]
    items = [{"lessonId": lesson["lessonId"], "completed": True} for lesson in place["lessons"]]
    answer = await learner.put(f"/enrollments/{place['id']}/progress", {"items": items})
    assert answer.status_code == 200, answer.text


async def busy_school(classroom: Classroom, shop: Shop, teacher: Person) -> tuple[list[Json], list[Person]]:
    """Courses in two currencies, bought alone and together, partly refunded, learned, reviewed and viewed."""
    admin = await classroom.person("admin")
    courses = [
        await classroom.published(teacher, title="First", price=4999),
        await classroom.published(teacher, title="Second", price=3333),
        await classroom.published(await classroom.person("instructor"), title="Third", price=1001, currency="eur"),
    ]
    buyers = [await classroom.person("student") for _ in range(3)]
    cart = await shop.buy(buyers[0], courses[0]["id"], courses[1]["id"])
    single = await shop.buy(buyers[1], courses[0]["id"])
    await shop.buy(buyers[2], courses[2]["id"])
    await shop.start(buyers[2], courses[1]["id"])
    await shop.refund(admin, cart["id"], courseId=courses[1]["id"])
    await shop.refund(admin, single["id"], amount=1234)
    await shop.settle()
    await learn(buyers[0], courses[0])
    await buyers[0].post(f"/courses/{courses[0]['id']}/reviews", {"rating": 4})
    await classroom.db.execute(
        "INSERT INTO course_views (course_id, day, views, viewers) VALUES (%s, (now() AT TIME ZONE 'UTC')::date, 7, 5)",
        [courses[0]["id"]],
    )
    return courses, buyers


async def test_rebuilt_statistics_equal_the_kept_ones(classroom: Classroom, shop: Shop, teacher: Person) -> None:
    await refresh(shop.resources)
    await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    kept = await stored_figures(classroom)
    assert {table: bool(rows) for table, rows in kept.items()} == dict.fromkeys(kept, True)
    await assert_equal_when_rebuilt(classroom, shop.resources)
    await refresh(shop.resources)
    assert await stored_figures(classroom) == kept


async def test_revenue_equals_the_ledger_to_the_minor_unit(classroom: Classroom, shop: Shop, teacher: Person) -> None:
    await busy_school(classroom, shop, teacher)
    await refresh(shop.resources)
    gross = await classroom.rows(_LEDGER.format(kind="booked.source_type = 'payment'"))
    returned = await classroom.rows(_LEDGER.format(kind="booked.source_type <> 'payment'"))
    for scope in ("platform", "instructor", "course"):
        for grain in ("quarter", "hour", "day", "month"):
            rows = await classroom.rows(
                """
                SELECT currency, sum(gross_minor)::bigint, -sum(refunded_minor)::bigint, sum(fees_minor)::bigint,
                       sum(instructor_share_minor)::bigint
                FROM revenue_rollups WHERE scope = %s AND grain = %s GROUP BY 1 ORDER BY 1
                """,
                scope,
                grain,
            )
            assert [(row[0], row[1]) for row in rows] == gross
            assert [(row[0], row[2]) for row in rows] == returned
            assert [(row[0], row[3]) for row in rows] == await classroom.rows(
                "SELECT currency, sum(amount_minor)::bigint FROM ledger_entries WHERE account = 'provider_fees' "
                "GROUP BY 1 ORDER BY 1"
            )
            assert [(row[0], row[4]) for row in rows] == await classroom.rows(
                "SELECT currency, -sum(amount_minor)::bigint FROM ledger_entries WHERE account = 'instructor_payable' "
                "GROUP BY 1 ORDER BY 1"
            )
