"""Sales on the pages of instructors equal the ledger; no page asks more of the database for more rows."""

from __future__ import annotations

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.statistics import refresh
from tests.support.visitor import Visitor, text_of

from coursify.core.counted import Statements
from coursify.core.http import middleware
from coursify.core.pagination import Window
from coursify.modules.payments.models.sales import ListedSale
from coursify.modules.payments.services.list_sales import list_sales
from coursify.pages.core.formats import amount

pytestmark = pytest.mark.anyio

# Received, given back, and the share, of the lines of one instructor.
LEDGER = """
    SELECT entry.currency, coalesce(sum(-entry.amount_minor) FILTER (WHERE source_type = 'payment'), 0)::bigint,
           coalesce(sum(entry.amount_minor) FILTER (WHERE source_type <> 'payment'), 0)::bigint,
           coalesce(sum(-entry.amount_minor) FILTER (WHERE account = 'instructor_payable'), 0)::bigint
    FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = transaction_id
    JOIN order_lines AS line ON line.id = order_line_id
    WHERE line.instructor_id = %s AND account IN ('platform_revenue', 'instructor_payable', 'tax_payable')
    GROUP BY entry.currency ORDER BY entry.currency
"""
FEES = "SELECT sum(amount_minor)::bigint FROM ledger_entries WHERE account = 'provider_fees' AND currency = 'usd'"


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def desk(classroom: Classroom, teacher: Person) -> Visitor:
    return await Visitor(classroom.client).signed_in(teacher)


@pytest.mark.slow
async def test_every_sale_and_the_totals_equal_the_ledger_in_each_currency(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person
) -> None:
    other = await classroom.person("instructor")
    mine = [(await classroom.published(teacher, title=f"Mine {price}", price=price))["id"] for price in (1_001, 333)]
    foreign = (await classroom.published(other, title="Of another instructor", price=777))["id"]
    yen = (await classroom.published(teacher, title="In yen", price=1_200, currency="jpy"))["id"]
    admin = await classroom.person("admin")
    together = await shop.buy(await classroom.person("student"), *mine, foreign)
    alone = await shop.buy(await classroom.person("student"), mine[0])
    returned = await shop.buy(await classroom.person("student"), yen)
    for payment, part in ((together, 500), (alone, 1_001), (returned, 301)):
        assert (await shop.refund(admin, payment["id"], amount=part)).status_code == 202
    await shop.settle()
    await refresh(shop.resources)
    sales = await sales_of(classroom, teacher)
    assert sorted(sale.title for sale in sales) == ["In yen", "Mine 1001", "Mine 1001", "Mine 333"]
    shown = text_of(await desk.read("/teach/sales"))
    for currency, gross, refunded, share in await classroom.rows(LEDGER, teacher.id):
        own = [sale for sale in sales if sale.currency == currency]
        sums = [sum(getattr(sale, name) for sale in own) for name in ("gross_minor", "refunded_minor", "share_minor")]
        assert sums == [gross, refunded, share]
        assert f"Your share, {currency.upper()} {amount(share, currency)}" in shown
        assert f"Refunded {amount(refunded, currency)}" in shown
    for sale in sales:
        amounts = (sale.gross_minor, sale.fee_minor, sale.refunded_minor, sale.share_minor)
        assert " ".join(amount(each, sale.currency) for each in amounts) in shown
    fees = sum(sale.fee_minor for sale in [*sales, *await sales_of(classroom, other)] if sale.currency == "usd")
    assert [(fees,)] == await classroom.rows(FEES)
    assert "Of another instructor" not in shown


async def sales_of(classroom: Classroom, person: Person) -> list[ListedSale]:
    return (await list_sales(classroom.db, instructor_id=person.id, window=Window(None, 100, 0))).items


async def count_statements(desk: Visitor, path: str, monkeypatch: pytest.MonkeyPatch) -> int:
    counted: list[Statements] = []

    def count() -> Statements:
        counted.append(Statements(texts=[]))
        return counted[-1]

    with monkeypatch.context() as patch:
        patch.setattr(middleware, "Statements", count)
        await desk.read(path)
    return counted[0].count


@pytest.mark.slow
async def test_no_page_asks_more_of_the_database_for_more_rows(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = await classroom.published(teacher)
    ((lesson_id,),) = await classroom.rows("SELECT id::text FROM lessons")
    home = f"/teach/courses/{course['id']}"
    paths = {
        "/teach": 12,
        "/teach/courses": 3,
        "/teach/courses/new": 1,
        home: 4,
        f"{home}/text": 3,
        f"{home}/lessons/new": 2,
        f"{home}/lessons/{lesson_id}": 5,
        f"{home}/lessons/{lesson_id}/video": 3,
        f"{home}/learners": 3,
        f"{home}/statistics": 11,
        "/teach/statistics": 11,
        "/teach/sales": 4,
        "/teach/reviews": 1,
        "/teach/notifications": 3,
    }
    for number in range(2):
        another = await classroom.published(teacher, title=f"Another {number}")
        for title in "ab":
            await classroom.lesson(teacher, course, title=title)
        learner = await classroom.person("student")
        await shop.buy(learner, course["id"], another["id"])
        await learner.post(f"/courses/{course['id']}/reviews", {"rating": 5, "comment": "Good"})
        await refresh(shop.resources)
        found = {path: await count_statements(desk, path, monkeypatch) for path in paths}
        assert found == paths
