"""Lists are filtered, paged and expanded as Stripe's are, and their items match the SDK's types."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import stripe
from tests.sandbox.stripe.conftest import SDK_WARNING
from tests.sandbox.stripe.sdk_types import violations
from tests.support.stripe_standin import StripeStandin

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings(SDK_WARNING)]

KINDS: dict[str, Any] = {
    "payment_intents": stripe.PaymentIntent,
    "charges": stripe.Charge,
    "refunds": stripe.Refund,
    "disputes": stripe.Dispute,
    "events": stripe.Event,
}
COUNT = 5
APART = 100


@pytest.fixture(scope="module")
async def history(running: StripeStandin, client: stripe.StripeClient) -> AsyncIterator[list[int]]:
    """Create five payments, 100 seconds apart, each partly refunded and disputed; return their times."""
    times = []
    for number in range(COUNT):
        running.control("POST", "clock", {"offset_seconds": number * APART})
        intent = await client.v1.payment_intents.create_async(
            {"amount": 5000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
        )
        await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 100})
        running.open_dispute(intent.id)
        times.append(intent.created)
    yield times
    running.control("POST", "clock", {"offset_seconds": 0})


async def listed(client: stripe.StripeClient, kind: str, **params: Any) -> Any:
    """One page; of the events only `payment_intent.created`, so that there is one per payment."""
    if kind == "events":
        params = {"type": "payment_intent.created"} | params
    page = await getattr(client.v1, kind).list_async(params)
    assert [one for item in page.data for one in violations(item.to_dict(), KINDS[kind])] == []
    return page


async def ids_of(client: stripe.StripeClient, kind: str, **params: Any) -> list[str]:
    return [item.id for item in (await listed(client, kind, **params)).data]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_is_filtered_by_creation_time(client: stripe.StripeClient, history: list[int], kind: str) -> None:
    newest_first = await ids_of(client, kind, limit=100)
    assert len(newest_first) == COUNT
    # The bounds lie between two payments, because an object can be created a second after its intent.
    early, late = history[1] - APART // 2, history[3] - APART // 2
    assert await ids_of(client, kind, created={"gte": early, "lt": late}) == newest_first[2:4]
    assert await ids_of(client, kind, created={"gt": late}) == newest_first[:2]
    assert await ids_of(client, kind, created={"lte": early}) == newest_first[4:]
    exact = (await listed(client, kind, limit=1)).data[0].created
    assert await ids_of(client, kind, created=exact) == newest_first[:1]
    assert await ids_of(client, kind, created={"gte": exact}) == newest_first[:1]
    assert await ids_of(client, kind, created={"gt": exact}) == []
    assert await ids_of(client, kind, created={"lt": exact}) == newest_first[1:]
    assert await ids_of(client, kind, created={"lte": exact}) == newest_first


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("history")
async def test_a_list_is_paged_in_both_directions(client: stripe.StripeClient, kind: str) -> None:
    everything = await ids_of(client, kind, limit=100)
    first = await listed(client, kind, limit=2)
    assert ([item.id for item in first.data], first.has_more) == (everything[:2], True)
    assert [item.id async for item in first.auto_paging_iter()] == everything
    rest = await listed(client, kind, limit=3, starting_after=everything[1])
    assert ([item.id for item in rest.data], rest.has_more) == (everything[2:], False)
    before = await listed(client, kind, limit=2, ending_before=everything[4])
    assert ([item.id for item in before.data], before.has_more) == (everything[2:4], True)
    with pytest.raises(stripe.InvalidRequestError):
        await listed(client, kind, starting_after=everything[0], ending_before=everything[1])
    with pytest.raises(stripe.InvalidRequestError):
        await listed(client, kind, starting_after="none")


@pytest.mark.usefixtures("history")
async def test_events_are_listed_by_one_type_by_several_or_by_a_group(client: stripe.StripeClient) -> None:
    async def types(**params: Any) -> set[str]:
        page = await client.v1.events.list_async({"limit": 100, **params})  # type: ignore[typeddict-item]
        return {event.type for event in page.data}

    assert await types(type="refund.created") == {"refund.created"}
    assert await types(types=["refund.created", "charge.refunded"]) == {"refund.created", "charge.refunded"}
    assert await types(type="charge.dispute.*") == {"charge.dispute.created", "charge.dispute.funds_withdrawn"}
    assert await types(type="no.such.type") == set()
    assert await types(types=[]) == await types()
    with pytest.raises(stripe.InvalidRequestError):
        await types(type="refund.created", types=["charge.refunded"])
    with pytest.raises(stripe.InvalidRequestError):
        await types(types=["refund.created"] * 21)


@pytest.mark.usefixtures("history")
async def test_a_list_of_intents_expands_charges_and_their_balance_transactions(client: stripe.StripeClient) -> None:
    page = await listed(
        client, "payment_intents", expand=["data.latest_charge", "data.latest_charge.balance_transaction"]
    )
    for intent in page.data:
        assert isinstance(intent.latest_charge, stripe.Charge)
        assert isinstance(intent.latest_charge.balance_transaction, stripe.BalanceTransaction)
        assert intent.latest_charge.balance_transaction.amount == intent.amount_received
    one = await client.v1.payment_intents.retrieve_async(
        page.data[0].id, {"expand": ["latest_charge.balance_transaction"]}
    )
    assert violations(one.to_dict(), stripe.PaymentIntent) == []
    assert isinstance(one.latest_charge, stripe.Charge)
    assert isinstance(one.latest_charge.balance_transaction, stripe.BalanceTransaction)


@pytest.mark.usefixtures("history")
async def test_a_list_of_disputes_expands_charges_and_intents(
    client: stripe.StripeClient, standin: StripeStandin
) -> None:
    expand = ["data.balance_transactions", "data.charge", "data.payment_intent"]
    page = await listed(client, "disputes", expand=expand)
    for dispute in page.data:
        assert isinstance(dispute.charge, stripe.Charge)
        assert isinstance(dispute.payment_intent, stripe.PaymentIntent)
        assert [money.status for money in dispute.balance_transactions] == ["pending"]
    standin.advance(days=3)
    later = await client.v1.disputes.retrieve_async(page.data[0].id, {"expand": ["balance_transactions"]})
    assert [money.status for money in later.balance_transactions] == ["available"]


@pytest.mark.usefixtures("history")
async def test_lists_of_refunds_and_charges_expand_their_balance_transactions(client: stripe.StripeClient) -> None:
    refunds = await listed(client, "refunds", expand=["data.balance_transaction", "data.charge.balance_transaction"])
    charges = await listed(client, "charges", expand=["data.balance_transaction", "data.refunds"])
    assert all(isinstance(refund.balance_transaction, stripe.BalanceTransaction) for refund in refunds.data)
    assert all(isinstance(refund.charge.balance_transaction, stripe.BalanceTransaction) for refund in refunds.data)
    assert all(isinstance(charge.balance_transaction, stripe.BalanceTransaction) for charge in charges.data)
    assert all([refund.amount for refund in charge.refunds.data] == [100] for charge in charges.data)


@pytest.mark.parametrize("expand", ["latest_charge", "data.amount", "data.latest_charge.amount"])
async def test_a_field_that_cannot_be_expanded_is_rejected(client: stripe.StripeClient, expand: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        await client.v1.payment_intents.list_async({"expand": [expand]})
