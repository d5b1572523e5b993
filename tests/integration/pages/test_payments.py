"""Payments on pages: every fact of one, its money as the ledger has it, and refunds after a look at what they do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from tests.support.application import client_with
from tests.support.books import assert_sound
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.visitor import Visitor, text_of

from coursify.core.counted import Statements
from coursify.core.http import middleware
from coursify.pages.core.formats import amount

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'"
BALANCES = """
    SELECT entry.currency, entry.account, sum(entry.amount_minor)::bigint
    FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
    WHERE booked.source_id = %(payment)s::uuid OR booked.source_id IN (
        SELECT id FROM refunds WHERE payment_id = %(payment)s::uuid)
    GROUP BY entry.currency, entry.account
"""


@pytest.fixture
async def boss(classroom: Classroom) -> Person:
    return await classroom.person("admin")


@pytest.fixture
async def desk(classroom: Classroom, boss: Person) -> Visitor:
    return await Visitor(classroom.client).signed_in(boss)


@pytest.fixture
async def teacher(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def student(classroom: Classroom) -> Person:
    return await classroom.person("student")


def order_of(markup: str) -> dict[str, str]:
    """The hidden fields of the preview's form."""
    form = markup[markup.index('aria-label="Preview"') :]
    found = dict(re.findall(r'name="(courseId|amount|left)" value="([^"]+)"', form))
    assert found.keys() >= {"amount", "left"}, found
    return found


async def assert_balances_shown(classroom: Classroom, shown: str, payment_id: str) -> None:
    async with classroom.db.cursor() as cursor:
        await cursor.execute(BALANCES, {"payment": payment_id})
        rows: Sequence[Any] = await cursor.fetchall()
    assert rows
    ledger = shown[shown.index("<h2>Ledger</h2>") :]
    figures = re.findall(r'<span class="money">([^<]+)</span>', ledger)
    assert sorted(figures) == sorted(amount(minor, currency) for currency, _account, minor in rows)


@pytest.mark.slow
async def test_a_payment_is_a_timeline_of_every_fact(
    desk: Visitor, classroom: Classroom, shop: Shop, boss: Person, teacher: Person, student: Person
) -> None:
    courses = [
        await classroom.published(teacher, title=title, price=price)
        for title, price in (("Knots", 1999), (HOSTILE, 3301))
    ]
    payment = await shop.buy(student, *(course["id"] for course in courses))
    assert (await shop.refund(boss, payment["id"], courseId=courses[0]["id"], reason=HOSTILE)).status_code == 202
    await shop.settle()
    shown = await desk.read(f"/admin/payments/{payment['id']}")
    assert "<img src=x" not in shown
    text = text_of(shown)
    for fact in (
        "Ordered for $53.00",
        "Intent: succeeded",
        "$53.00 received",
        "Event received: payment_intent.succeeded",
        "Event applied: payment_intent.succeeded",
        "Order fulfilled",
        "Access opened: Knots",
        "Booked: The payment",
        "Email accepted: receipt",
        f"asked for here · by {boss.name} · {HOSTILE}",
        "Refund of $19.99 requested",
        "Refund of $19.99 succeeded",
        "Booked: A refund",
        "Access ended: Knots",
        "Email accepted: refund",
    ):
        assert fact in text, fact
    assert text.index("Ordered for") < text.index("$53.00 received") < text.index("Refund of $19.99 succeeded")
    await assert_balances_shown(classroom, shown, payment["id"])
    assert (await desk.get(f"/admin/payments/{uuid4()}")).status_code == 404


@pytest.mark.slow
async def test_a_part_is_refunded_after_a_preview_and_only_once(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person, student: Person
) -> None:
    course = await classroom.published(teacher, price=4900)
    payment = await shop.buy(student, course["id"])
    place = f"/admin/payments/{payment['id']}/refund"
    assert "Preview" in text_of(await desk.read(place))
    preview = await desk.read(f"{place}?what=whole&amount=10%2C50")
    assert "$10.50 goes back" in text_of(preview)
    assert "Kept" in text_of(preview) or "kept" in text_of(preview)
    order = order_of(preview)
    assert order == {"amount": "1050", "left": "4900"}
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)], "a look stores nothing"
    assert (await desk.send(place, reason="Too long.", **order)).status_code == 303
    assert "A refund of $10.50 is requested" in text_of(await desk.read(f"/admin/payments/{payment['id']}"))
    again = await desk.send(f"{place}?what=whole&amount=10.50", **order)
    assert (again.status_code, "since the preview" in again.text) == (409, True), "a form sent twice"
    assert order_of(again.text) == {"amount": "1050", "left": "3850"}, "the preview is a new one"
    for typed, sentence in (
        ("90", "This is more than is left to refund."),
        ("1,234", "could mean two amounts"),
        ("ten", "must be an amount"),
        ("0", "must be more than 0"),
        ("-5", "must be an amount"),
    ):
        shown = text_of(await desk.read(f"{place}?what=whole&amount={typed}"))
        assert "goes back" not in shown, typed
        assert sentence in shown, (typed, shown)
    assert "Choose the whole payment" in text_of(await desk.read(f"{place}?what=nothing"))
    for forged in ("999999999", "0", "-1", "1.5", "9" * 30):
        assert (await desk.send(place, amount=forged, left="3850")).status_code == 422, forged
    await shop.settle()
    shown = await desk.read(f"/admin/payments/{payment['id']}")
    await assert_balances_shown(classroom, shown, payment["id"])
    assert await classroom.rows("SELECT sum(amount_minor)::int, min(reason) FROM refunds") == [(1050, "Too long.")]
    assert ("refund.create",) in await classroom.rows("SELECT action FROM audit_log")
    await assert_sound(shop, classroom)


@pytest.mark.slow
async def test_one_course_of_a_payment_is_refunded_whole_in_a_currency_without_decimals(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person, student: Person
) -> None:
    courses = [await classroom.published(teacher, price=price, currency="jpy") for price in (1200, 333)]
    payment = await shop.buy(student, *(course["id"] for course in courses))
    place = f"/admin/payments/{payment['id']}/refund"
    preview = await desk.read(f"{place}?what={courses[1]['id']}")
    assert "¥333 goes back" in text_of(preview)
    order = order_of(preview)
    assert order == {"courseId": courses[1]["id"], "amount": "333", "left": "333"}
    assert (await desk.send(place, **order)).status_code == 303
    await shop.settle()
    shown = await desk.read(f"/admin/payments/{payment['id']}")
    assert "¥333" in text_of(shown)
    await assert_balances_shown(classroom, shown, payment["id"])
    await assert_sound(shop, classroom)


@pytest.mark.slow
async def test_a_large_refund_is_proposed_and_confirmed_by_another_admin_on_the_work_list(
    app: FastAPI, classroom: Classroom, shop: Shop, boss: Person, teacher: Person, student: Person
) -> None:
    course = await classroom.published(teacher, price=20_000)
    payment = await shop.buy(student, course["id"])
    second = await classroom.person("admin")
    place = f"/admin/payments/{payment['id']}/refund"
    async with client_with(app, two_person_refunds=(("usd", 5_000),)) as client:
        first_desk = await Visitor(client).signed_in(boss)
        preview = await first_desk.read(f"{place}?what=whole")
        assert "Ask for a refund of $200.00" in preview
        assert (await first_desk.send(place, **order_of(preview))).status_code == 303
        assert "This takes two admins." in text_of(await first_desk.read(f"/admin/payments/{payment['id']}"))
        assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)]
        ((item_id,),) = await classroom.rows("SELECT id FROM attention_items WHERE kind = 'refund_proposed'")
        action = f"/admin/attention/{item_id}/confirm"
        assert boss.name in text_of(await first_desk.read(f"/admin/attention/{item_id}"))
        await first_desk.read(action)
        own = await first_desk.send(action)
        assert (own.status_code, "This amount takes two admins" in own.text) == (409, True)
        second_desk = await Visitor(client).signed_in(second)
        await second_desk.read(action)
        assert (await second_desk.send(action)).headers["location"] == "/admin/attention"
        await shop.settle()
        text = text_of(await second_desk.read(f"/admin/payments/{payment['id']}"))
        assert "Refund $200.00: waits for a second admin" in text
        assert "Refund $200.00: confirmed" in text
        assert "Refund of $200.00 succeeded" in text
    await assert_sound(shop, classroom)


@pytest.mark.slow
async def test_payments_are_found_by_person_course_status_time_and_id(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person, student: Person
) -> None:
    knots, sails = [await classroom.published(teacher, title=title) for title in ("Knots 100%", "Sails")]
    first = await shop.buy(student, knots["id"])
    other = await classroom.person("student")
    second = await shop.buy(other, sails["id"])

    async def found(**query: str) -> list[str]:
        answer = await desk._call("GET", "/admin/payments", {}, params={"person": "", "status": ""} | query)
        assert answer.status_code == 200, answer.text
        return re.findall(r'class="strong" href="/admin/payments/([^"]+)"', answer.text)

    both = [second["id"], first["id"]]
    assert await found() == both
    assert await found(person=other.name.upper()) == [second["id"]]
    assert await found(person="nobody") == []
    assert await found(person="%") == []
    assert await found(course="100%") == [first["id"]]
    assert await found(course="sail", person=student.name) == []
    assert await found(status="succeeded") == both
    assert await found(status="disputed") == []
    assert await found(reference=first["transactionId"]) == [first["id"]]
    assert await found(reference=second["orderId"]) == [second["id"]]
    assert await found(reference="' OR 1=1") == []
    assert await found(**{"from": "2020-01-01", "to": "2021-01-01"}) == []
    assert await found(**{"from": "2020-01-01"}) == both
    page = await desk.read("/admin/payments?limit=1&status=succeeded")
    (following,) = re.findall(r'href="([^"]+)" rel="next"', page)
    assert first["id"] in await desk.read(following.replace("&amp;", "&"))
    assert (await desk.get("/admin/payments?cursor=made-up")).status_code == 422


@pytest.mark.slow
async def test_a_refund_wants_an_admin_a_recent_sign_in_and_a_form_of_ours(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person, student: Person, clock_file: Path
) -> None:
    course = await classroom.published(teacher, price=4900)
    payment = await shop.buy(student, course["id"])
    place = f"/admin/payments/{payment['id']}/refund"
    order = order_of(await desk.read(f"{place}?what=whole"))
    buyer = await Visitor(classroom.client).signed_in(student)
    for path in ("/admin/payments", f"/admin/payments/{payment['id']}", place):
        assert (await buyer.get(path)).status_code == 403
    assert (await buyer.send(place, **order)).status_code == 403
    for token in ("", "made-up", buyer.token):
        assert (await desk.send(place, token, **order)).status_code == 403
    clock_file.write_text(str(timedelta(minutes=11).total_seconds()))
    late = await desk.send(place, **order)
    assert late.status_code == 303, late.text
    assert late.headers["location"] == f"/account/step-up?next={place}"
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)]


@pytest.mark.slow
async def test_a_list_and_a_payment_take_the_same_statements_however_much_there_is(
    desk: Visitor, classroom: Classroom, shop: Shop, teacher: Person, student: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses = [await classroom.published(teacher) for _ in range(3)]
    first = await shop.buy(student, courses[0]["id"])

    async def counted(path: str) -> int:
        found: list[Statements] = []

        def count_statements() -> Statements:
            found.append(Statements(texts=[]))
            return found[-1]

        with monkeypatch.context() as patch:
            patch.setattr(middleware, "Statements", count_statements)
            await desk.read(path)
        return found[0].count

    await desk.read("/admin/payments")
    list_of_one, one = await counted("/admin/payments?limit=1"), await counted(f"/admin/payments/{first['id']}")
    second = await shop.buy(student, courses[1]["id"], courses[2]["id"])
    await shop.buy(await classroom.person("student"), courses[0]["id"])
    assert await counted("/admin/payments?limit=2") <= list_of_one + 1, "and the total"
    assert await counted(f"/admin/payments/{second['id']}") == one
    assert (list_of_one <= 8, one <= 20) == (True, True), (list_of_one, one)
