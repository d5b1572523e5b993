"""An intent that the provider does not know, or a provider that is down, harms only the order that it is about."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import open_items, payable_intents
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

from coursify.modules.payments import jobs
from coursify.modules.payments.services import sweep_orders

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def start(shop: Shop, buyer: Person, course: Json) -> Json:
    answer = await shop.start(buyer, course["id"])
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


async def let_expire(classroom: Classroom) -> None:
    await classroom.db.execute("UPDATE orders SET expires_at = now() - interval '1 minute'")


async def order_states(classroom: Classroom) -> list[str]:
    return [state for (state,) in await classroom.rows("SELECT status FROM orders ORDER BY id")]


async def test_a_payment_that_the_provider_does_not_know_is_a_409_in_our_words_and_comes_before_a_person(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = await start(shop, student, course)
    shop.standin.forget(checkout["payment"]["transactionId"])
    answer = await student.get(f"/payments/{checkout['payment']['id']}")
    assert refusal(answer) == (409, "payment_provider_refused")
    assert "pi_" not in answer.text
    assert "No such" not in answer.text
    assert await open_items(classroom) == ["order_refused"]


async def test_one_order_that_the_provider_refuses_does_not_end_the_sweep(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    lost = await start(shop, student, course)
    others = [await start(shop, await classroom.person("student"), course) for _ in range(2)]
    shop.standin.forget(lost["payment"]["transactionId"])
    await let_expire(classroom)

    await jobs.sweep_orders_job(shop.resources)
    assert await order_states(classroom) == ["payable", "expired", "expired"]
    assert {intent["id"] for intent in shop.standin.ledger()["payment_intents"] if intent["status"] == "canceled"} == {
        other["payment"]["transactionId"] for other in others
    }
    assert await open_items(classroom) == ["order_refused"]


async def test_the_sweep_leaves_an_order_alone_that_waits_for_a_person(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    lost = await start(shop, student, course)
    shop.standin.forget(lost["payment"]["transactionId"])
    await let_expire(classroom)
    await jobs.sweep_orders_job(shop.resources)
    calls = len(shop.standin.control("GET", "calls")["calls"])
    await jobs.sweep_orders_job(shop.resources)
    assert len(shop.standin.control("GET", "calls")["calls"]) == calls


@pytest.mark.usefixtures("short_stripe_timeout")
@pytest.mark.parametrize("fault", ["server_error", "rate_limited", "timeout"])
async def test_the_sweep_ends_at_the_first_answer_that_the_provider_is_down(
    classroom: Classroom, shop: Shop, student: Person, course: Json, fault: str
) -> None:
    for buyer in (student, *[await classroom.person("student") for _ in range(3)]):
        await start(shop, buyer, course)
    await let_expire(classroom)
    shop.standin.set_faults(**{fault: 1.0})
    asked = len(shop.standin.control("GET", "calls")["calls"])
    await jobs.sweep_orders_job(shop.resources)
    calls = [call["path"] for call in shop.standin.control("GET", "calls")["calls"][asked:]]
    assert len(set(calls)) <= 1, calls
    assert await order_states(classroom) == ["payable"] * 4

    shop.standin.set_faults()
    await jobs.sweep_orders_job(shop.resources)
    assert await order_states(classroom) == ["expired"] * 4
    assert payable_intents(shop) == []


async def test_one_order_with_a_fault_of_ours_does_not_end_the_sweep(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await start(shop, student, course)
    await start(shop, await classroom.person("student"), course)
    await classroom.db.execute("DELETE FROM payments WHERE id = (SELECT id FROM payments ORDER BY id LIMIT 1)")
    await let_expire(classroom)
    await jobs.sweep_orders_job(shop.resources)
    assert await order_states(classroom) == ["payable", "expired"]


async def test_orders_that_cannot_end_now_do_not_keep_those_behind_them_from_expiring(
    classroom: Classroom, shop: Shop, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank moves the money of the first five, of which two have not told us."""
    monkeypatch.setattr(sweep_orders, "BATCH", 2)
    course = await classroom.published(teacher, price=5000, currency="eur")
    for number in range(5):
        buyer = await classroom.person("student")
        checkout = await shop.pay(buyer, course["id"], card="pm_success_de")
        if number < 3:
            await buyer.get(f"/payments/{checkout['payment']['id']}")
    await start(shop, await classroom.person("student"), course)
    await let_expire(classroom)
    await jobs.sweep_orders_job(shop.resources)
    assert await order_states(classroom) == ["payable"] * 5 + ["expired"]


@pytest.mark.usefixtures("short_stripe_timeout")
@pytest.mark.parametrize("fault", ["server_error", "timeout"])
async def test_a_payment_page_answers_as_we_know_it_while_the_provider_is_down(
    shop: Shop, student: Person, course: Json, fault: str
) -> None:
    checkout = await start(shop, student, course)
    shop.standin.set_faults(**{fault: 1.0})
    answer = await student.get(f"/payments/{checkout['payment']['id']}")
    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "pending")


async def test_a_checkout_that_the_provider_refuses_ends_its_order_and_comes_before_a_person(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    """The provider's limits are not ours: what we take for chargeable it may refuse."""
    await classroom.db.execute("UPDATE courses SET price_minor = 600, currency = 'krw'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coursify.integrations.stripe.to_stripe", lambda _amount: 1)
        answer = await shop.start(student, course["id"])
    assert refusal(answer) == (422, "amount_too_small")
    assert await order_states(classroom) == ["canceled"]
    assert await open_items(classroom) == ["order_refused"]
    assert (await shop.start(student, course["id"])).status_code == 201


async def test_what_was_dismissed_comes_back_only_with_news(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    checkout = await start(shop, student, course)
    shop.standin.forget(checkout["payment"]["transactionId"])
    page = f"/payments/{checkout['payment']['id']}"
    await student.get(page)
    (item,) = (await admin.get("/admin/attention")).json()["data"]
    await admin.post(f"/admin/attention/{item['id']}/dismiss", {})
    await classroom.db.execute("UPDATE payments SET asked_at = NULL")
    assert refusal(await student.get(page)) == (409, "payment_provider_refused")
    assert await open_items(classroom) == []


async def test_an_order_that_an_admin_closed_stays_closed(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    checkout = await start(shop, student, course)
    shop.standin.forget(checkout["payment"]["transactionId"])
    await let_expire(classroom)
    await jobs.sweep_orders_job(shop.resources)
    (item,) = (await admin.get("/admin/attention")).json()["data"]
    assert item["actions"] == ["retry", "close", "dismiss"]
    assert (await admin.post(f"/admin/attention/{item['id']}/close", {})).status_code == 200
    await jobs.sweep_orders_job(shop.resources)

    assert await order_states(classroom) == ["canceled"]
    assert await open_items(classroom) == []
    page = await student.get(f"/payments/{checkout['payment']['id']}")
    assert (page.status_code, page.json()["data"]["status"]) == (200, "canceled")
    assert (await shop.start(student, course["id"])).status_code == 201


async def test_asking_again_for_an_order_whose_intent_is_gone_is_no_hollow_200(
    shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.forget(checkout["payment"]["transactionId"])
    again = await shop.start(student, course["id"])
    assert (again.status_code, again.json()["error"]["code"]) == (409, "payment_provider_refused")


async def test_asking_again_for_what_was_paid_meanwhile_says_that_it_is_paid(
    shop: Shop, student: Person, course: Json
) -> None:
    await shop.pay(student, course["id"])
    again = await shop.start(student, course["id"])
    assert (again.status_code, again.json()["data"]["payment"]["status"]) == (200, "succeeded")


async def test_asking_again_for_what_was_canceled_in_the_dashboard_starts_anew(
    shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    await shop.resources.payments.cancel_intent(checkout["payment"]["transactionId"])
    again = await shop.start(student, course["id"])
    assert again.status_code == 201, again.text
    assert again.json()["data"]["payment"]["transactionId"] != checkout["payment"]["transactionId"]
    assert again.json()["data"]["clientSecret"]
