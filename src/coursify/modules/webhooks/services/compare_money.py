"""Compares every payment with the provider, sum by sum, to find what no event reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.database import Database
from coursify.core.deadline import NEVER, Deadline
from coursify.core.logging import log
from coursify.modules.payments.gateway import DisputeFact, IntentFact, PaymentGateway, ProviderRefused, RefundFact
from coursify.modules.payments.queries import disputes, payments, refunds
from coursify.modules.payments.services.compare_payment import compare_payment, differs, flag_missed_dispute
from coursify.modules.payments.services.sync_dispute import sync_dispute
from coursify.modules.payments.services.sync_intent import find_payment_of_intent, sync_intent

WINDOW = timedelta(days=1)
SKEW = timedelta(minutes=5)
BATCH = 500

Progress = Callable[[datetime, int], None]


@dataclass
class Comparison:
    """How many payments were compared, and a sentence for each difference."""

    checked: int = 0
    differences: list[str] = field(default_factory=list)


async def compare_money(
    database: Database,
    gateway: PaymentGateway,
    *,
    since: datetime,
    until: datetime,
    deadline: Deadline = NEVER,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the payments of that time, and the refunds and disputes that were made in it of any payment.

    Each difference is on the work list, and the provider's facts are taken over. Day by day, the newest first, until
    the deadline; `progress` is called with the moment that was reached and how many payments were compared.
    """
    found = Comparison()
    end, last = until, until + SKEW
    while since < end and not deadline.has_passed:
        begin = max(end - WINDOW, since)
        seen = await _compare_listed(database, gateway, found, begin, last)
        await _compare_unlisted(database, gateway, found, seen, begin, end)
        async for refund_page in gateway.list_recent_refunds(since=begin, until=last):
            await _compare_refunds(database, gateway, found, refund_page)
        async for dispute_page in gateway.list_recent_disputes(since=begin, until=last):
            await _compare_disputes(database, gateway, found, dispute_page)
        end = last = begin
        if progress:
            progress(end, found.checked)
    return found


async def _compare_listed(
    database: Database, gateway: PaymentGateway, found: Comparison, since: datetime, until: datetime
) -> set[str]:
    seen: set[str] = set()
    async for page in gateway.list_intents(since=since, until=until):
        async with database.read() as db:
            ours = await payments.list_payments_by_provider_ids(db, [fact.id for fact in page])
        known = {payment.provider_payment_id: payment for payment in ours}
        seen |= {fact.id for fact in page}
        found.checked += len(page)
        for fact in page:
            if differs(known.get(fact.id), fact):
                await _compare(database, gateway, found, fact.id)
            elif fact.id not in known and fact.is_payable:
                await _end_unrecorded(database, gateway, fact)
    return seen


async def _end_unrecorded(database: Database, gateway: PaymentGateway, fact: IntentFact) -> None:
    """An intent of one of our orders that no event reported must not stay payable beside the recorded one."""
    async with database.read() as db:
        if not fact.is_ours and await find_payment_of_intent(db, fact) is None:
            return
    try:
        await sync_intent(database, gateway, fact.id)
    except ProviderRefused as refusal:
        log.warning("unrecorded intent not ended", intent=fact.id, reason=refusal.reason)


async def _compare_unlisted(
    database: Database, gateway: PaymentGateway, found: Comparison, seen: set[str], since: datetime, until: datetime
) -> None:
    """Payments of ours that the provider did not list: made there on another day, or not known there."""
    after = UUID(int=0)
    while True:
        async with database.read() as db:
            batch = await payments.list_known_intents(db, since=since, until=until, after_id=after, limit=BATCH)
        for payment in batch:
            if payment.provider_payment_id and payment.provider_payment_id not in seen:
                await _compare(database, gateway, found, payment.provider_payment_id)
        if len(batch) < BATCH:
            return
        after = batch[-1].id


async def _compare_refunds(
    database: Database, gateway: PaymentGateway, found: Comparison, page: list[RefundFact]
) -> None:
    """A refund may be of a payment made long before."""
    known: set[str] = set()
    async with database.read() as db:
        for status in ("pending", "succeeded", "failed"):
            ids = [fact.id for fact in page if fact.status == status]
            known |= set(await refunds.list_known_provider_ids(db, provider_refund_ids=ids, status=status))
    for intent_id in {fact.intent_id for fact in page if fact.id not in known and fact.intent_id}:
        await _compare(database, gateway, found, intent_id)


async def _compare_disputes(
    database: Database, gateway: PaymentGateway, found: Comparison, page: list[DisputeFact]
) -> None:
    known: set[str] = set()
    async with database.read() as db:
        for status in ("open", "won", "lost"):
            ids = [fact.id for fact in page if fact.status == status]
            known |= set(await disputes.list_known_provider_ids(db, provider_dispute_ids=ids, status=status))
    for fact in page:
        if fact.id not in known and await sync_dispute(database, gateway, fact.id) == "applied":
            found.differences.append(await flag_missed_dispute(database, fact=fact))


async def _compare(database: Database, gateway: PaymentGateway, found: Comparison, intent_id: str) -> None:
    difference = await compare_payment(database, gateway, intent_id=intent_id)
    if difference:
        found.differences.append(difference)
