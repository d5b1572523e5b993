"""Group D: a refund above the two-person limit is one admin's wish until another one asks for the same."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.attacks.conftest import LIMIT, PRICE
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop, new_key

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

NEEDED = (409, "second_admin_needed")


@pytest.fixture
def client(two_person_client: httpx.AsyncClient) -> httpx.AsyncClient:
    return two_person_client


async def refunded(classroom: Classroom) -> list[int]:
    rows = await classroom.rows("SELECT amount_minor FROM refunds WHERE status <> 'failed' ORDER BY id")
    return [amount for (amount,) in rows]


async def audited(reader: Person, payment: Json) -> list[Json]:
    """What the audit log says of the payment, oldest first."""
    lines = (await reader.get(f"/admin/audit-log?targetId={payment['id']}")).json()["data"]
    return list(reversed(lines))


async def test_D08_one_admin_above_the_limit_is_refused_and_leaves_a_proposal(
    classroom: Classroom, shop: Shop, first: Person, payment: Json
) -> None:
    answer = await shop.refund(first, payment["id"], amount=LIMIT + 1)
    assert refusal(answer) == NEEDED
    kept = await classroom.rows(
        "SELECT id::text, payment_id::text, course_id, amount_minor, currency, proposed_by, refund_id "
        "FROM refund_proposals"
    )
    assert [row[1:] for row in kept] == [(payment["id"], None, LIMIT + 1, "usd", first.id, None)]
    (line,) = await audited(first, payment)
    assert (line["action"], line["actorId"], line["targetType"]) == ("refund.proposed", str(first.id), "payment")
    assert line["details"] == {"amountMinor": LIMIT + 1, "courseId": None, "currency": "usd", "proposalId": kept[0][0]}
    assert await refunded(classroom) == []
    await shop.settle()
    assert shop.standin.ledger()["payment_intents"][0]["refunded"] == 0


async def test_D08_the_limit_itself_takes_one_admin(
    classroom: Classroom, shop: Shop, first: Person, payment: Json
) -> None:
    assert (await shop.refund(first, payment["id"], amount=LIMIT)).status_code == 202
    assert await classroom.rows("SELECT count(*) FROM refund_proposals") == [(0,)]


async def test_D08_the_same_admin_asking_again_changes_nothing(
    classroom: Classroom, shop: Shop, first: Person, payment: Json
) -> None:
    key, body = new_key(), {"paymentId": payment["id"]}
    for header in (key, key, new_key()):
        answer = await first.post("/payments/refund", body, headers={"Idempotency-Key": header})
        assert refusal(answer) == NEEDED
    for amount in (None, PRICE):
        assert refusal(await shop.refund(first, payment["id"], amount=amount)) == NEEDED
    assert await classroom.rows("SELECT count(*) FROM refund_proposals") == [(1,)]
    assert len(await audited(first, payment)) == 1
    assert await refunded(classroom) == []


async def test_D08_another_admin_who_asks_for_the_same_confirms_it(
    classroom: Classroom, shop: Shop, first: Person, second: Person, student: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"])
    answer = await shop.refund(second, payment["id"], amount=PRICE, reason="agreed")
    assert answer.status_code == 202, answer.text
    refund = answer.json()["data"]["refund"]
    assert await classroom.rows(
        "SELECT proposed_by, confirmed_by, refund_id::text, settled_at IS NOT NULL FROM refund_proposals"
    ) == [(first.id, second.id, refund["id"], True)]
    lines = (await second.get(f"/admin/audit-log?targetId={refund['id']}")).json()["data"]
    assert [(line["action"], line["actorId"]) for line in lines] == [("refund.create", str(second.id))]
    assert lines[0]["details"]["proposedBy"] == str(first.id)
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"


async def test_D08_a_proposal_is_used_once(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json
) -> None:
    statuses = [
        (await shop.refund(admin, payment["id"], amount=6000)).status_code
        for admin in (first, second, second, second, first)
    ]
    assert statuses == [409, 202, 409, 409, 202]
    assert await refunded(classroom) == [6000, 6000]


async def test_D08_a_second_admin_needs_a_step_up_like_the_first(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json
) -> None:
    stale = "UPDATE sessions SET authenticated_at = now() - interval '11 minutes' WHERE user_id = %s"
    await classroom.db.execute(stale, [first.id])
    assert refusal(await shop.refund(first, payment["id"])) == (403, "step_up_required")
    assert await classroom.rows("SELECT count(*) FROM refund_proposals") == [(0,)]
    third = await classroom.person("admin")
    await shop.refund(third, payment["id"])
    await classroom.db.execute(stale, [second.id])
    assert refusal(await shop.refund(second, payment["id"])) == (403, "step_up_required")
    assert await refunded(classroom) == []


async def test_D08_something_else_is_another_proposal(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json, course: Json
) -> None:
    await shop.refund(first, payment["id"], amount=6000)
    for other in ({"amount": 6001}, {"amount": 6000, "courseId": course["id"]}, {}):
        assert refusal(await shop.refund(second, payment["id"], **other)) == NEEDED
    assert await classroom.rows("SELECT count(*) FROM refund_proposals") == [(4,)]
    assert await refunded(classroom) == []


@pytest.mark.parametrize(("passed", "status"), [(timedelta(days=6, hours=23), 202), (timedelta(days=7, hours=1), 409)])
async def test_D08_a_proposal_counts_for_seven_days(
    classroom: Classroom, shop: Shop, first: Person, payment: Json, clock_file: Path, passed: timedelta, status: int
) -> None:
    await shop.refund(first, payment["id"])
    clock_file.write_text(str(passed.total_seconds()))
    second, third = await classroom.person("admin"), await classroom.person("admin")
    assert (await shop.refund(second, payment["id"])).status_code == status
    if status == 409:
        lines = await audited(second, payment)
        assert [line["actorId"] for line in lines] == [str(first.id), str(second.id)]
        assert (await shop.refund(third, payment["id"])).status_code == 202


async def test_D08_the_same_admin_may_propose_again_after_seven_days(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"])
    await classroom.db.execute("UPDATE refund_proposals SET proposed_at = proposed_at - interval '8 days'")
    assert refusal(await shop.refund(first, payment["id"])) == NEEDED
    assert len(await audited(first, payment)) == 2
    assert (await shop.refund(second, payment["id"])).status_code == 202


@pytest.mark.parametrize("amount", [None, 6000])
async def test_D08_two_at_once_make_one_refund(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json, amount: int | None
) -> None:
    answers = await asyncio.gather(*(shop.refund(admin, payment["id"], amount=amount) for admin in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert await refunded(classroom) == [amount or PRICE]


@pytest.mark.parametrize("amount", [None, 6000])
async def test_D08_two_who_confirm_at_once_make_one_refund(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json, amount: int | None
) -> None:
    third = await classroom.person("admin")
    await shop.refund(first, payment["id"], amount=amount)
    answers = await asyncio.gather(*(shop.refund(admin, payment["id"], amount=amount) for admin in (second, third)))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert await refunded(classroom) == [amount or PRICE]
