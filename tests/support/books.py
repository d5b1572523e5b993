"""Checks at the end of a test: every invariant, and the ledger against the provider's balance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.classroom import Classroom
from tests.support.shop import Shop

from coursify.integrations.stripe_facts import from_stripe
from coursify.invariants.examine import examine

# Longer than emails, parked events and requested refunds may take.
LATER = timedelta(hours=2)
# What the provider owes us by our ledger, without fees; an open dispute has already taken its amount there.
_HELD = """
    SELECT currency, sum(amount_minor)::bigint FROM (
        SELECT entry.currency, entry.amount_minor FROM ledger_entries AS entry
        JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
        WHERE entry.account = 'provider_clearing' AND booked.source_type IN ('payment', 'refund', 'dispute')
        UNION ALL
        SELECT currency, -amount_minor FROM disputes WHERE status = 'open'
        UNION ALL
        SELECT currency, -amount_minor FROM refunds WHERE status = 'pending'
    ) AS held GROUP BY currency
"""
_FEES = """
    SELECT currency, sum(amount_minor)::bigint FROM ledger_entries WHERE account = 'provider_fees' GROUP BY currency
"""
_BALANCES = """
    SELECT entry.account || coalesce(' ' || entry.instructor_id::text, '') || ' ' || entry.currency,
           sum(entry.amount_minor)::bigint
    FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
    WHERE booked.source_id IN (
        SELECT %s::uuid UNION ALL SELECT id FROM refunds WHERE payment_id = %s UNION ALL
        SELECT id FROM disputes WHERE payment_id = %s)
    GROUP BY 1 HAVING sum(entry.amount_minor) <> 0 ORDER BY 1
"""


async def broken_invariants(shop: Shop, classroom: Classroom) -> dict[str, list[dict[str, Any]]]:
    """The rows that violate an invariant, by its code, as an audit finds them some hours later."""
    now = await shop.resources.database.now() + LATER
    findings = await examine(classroom.db, now=now)
    return {finding.invariant.code: finding.rows for finding in findings if finding.is_broken}


async def assert_sound(shop: Shop, classroom: Classroom) -> None:
    """No invariant is violated, and in each currency the ledger matches the provider's balance and fees."""
    broken = await broken_invariants(shop, classroom)
    assert broken == {}, broken
    theirs = {
        currency: from_stripe(total["net"], currency).minor
        for currency, total in shop.standin.ledger()["totals"].items()
        if total["net"]
    }
    ours = {currency: held for currency, held in await classroom.rows(_HELD) if held}
    assert ours == theirs, (ours, theirs)
    their_fees = {
        currency: from_stripe(total["fees"], currency).minor
        for currency, total in shop.standin.ledger()["totals"].items()
        if total["fees"]
    }
    our_fees = {currency: fees for currency, fees in await classroom.rows(_FEES) if fees}
    assert our_fees == their_fees, (our_fees, their_fees)


async def balances_of(classroom: Classroom, payment_id: str) -> dict[str, int]:
    """What one payment, its refunds and its disputes left on each account (and instructor), without fees."""
    rows = await classroom.rows(
        _BALANCES.replace("booked.source_id IN", "booked.source_type NOT LIKE '%%_fee' AND booked.source_id IN"),
        payment_id,
        payment_id,
        payment_id,
    )
    return dict(rows)


async def open_items(classroom: Classroom) -> list[str]:
    """The kinds of the items on the work list, sorted."""
    rows = await classroom.rows("SELECT kind FROM attention_items WHERE resolved_at IS NULL ORDER BY kind")
    return [kind for (kind,) in rows]


def payable_intents(shop: Shop) -> list[dict[str, Any]]:
    """The provider's intents that can still be paid."""
    return [
        intent
        for intent in shop.standin.ledger()["payment_intents"]
        if intent["status"] not in {"canceled", "succeeded"}
    ]
