"""Reads everything that is known about one payment, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.queries import sent_emails
from coursify.core.queries.sent_emails import SentEmail
from coursify.modules.attention import queries as attention
from coursify.modules.attention.models import AttentionItem
from coursify.modules.enrollments.models import Grant
from coursify.modules.enrollments.queries import grants
from coursify.modules.ledger import queries as ledger
from coursify.modules.ledger.models import Booking
from coursify.modules.payments.models.history import DisputeHistory, IntentStep, OrderHistory, ProposalHistory
from coursify.modules.payments.models.payments import PaymentPage
from coursify.modules.payments.queries import history, payments
from coursify.modules.payments.services.read_pages import read_pages
from coursify.modules.users.models import User
from coursify.modules.users.queries import users
from coursify.modules.webhooks import queries as webhooks
from coursify.modules.webhooks.models import StoredEvent


@dataclass(frozen=True, slots=True)
class PaymentHistory:
    """`people` are the buyer, and the admins who asked, confirmed and settled, by id."""

    page: PaymentPage
    order: OrderHistory
    steps: list[IntentStep]
    events: list[StoredEvent]
    grants: list[Grant]
    bookings: list[Booking]
    disputes: list[DisputeHistory]
    proposals: list[ProposalHistory]
    emails: list[SentEmail]
    open_items: list[AttentionItem]
    people: dict[UUID, User]


async def read_payment_history(db: Connection, *, caller: Caller, payment_id: UUID, now: datetime) -> PaymentHistory:
    """Raises PaymentNotFound."""
    payment = await payments.get_payment(db, payment_id)
    (page,) = await read_pages(db, [payment], caller=caller, now=now)
    disputes = await history.list_disputes(db, payment_id)
    proposals = await history.list_proposals(db, payment_id)
    granted = await grants.list_grants_of_lines(db, [line.id for line in page.lines])
    returned = [*(refund.id for refund in page.refunds), *(dispute.id for dispute in disputes)]
    own = [payment.id, payment.order_id, *returned, *(proposal.id for proposal in proposals)]
    subjects = [*own, *(grant.id for grant in granted), *(line.id for line in page.lines)]
    items = await attention.list_open_items_about(db, object_ids=[str(each) for each in own])
    return PaymentHistory(
        page=page,
        order=await history.get_order_history(db, payment.order_id),
        steps=await history.list_intent_steps(db, payment_id),
        events=await webhooks.list_events_about(db, object_ids=_provider_ids(page, disputes)),
        grants=granted,
        bookings=await ledger.list_bookings(db, source_ids=[payment.id, *returned]),
        disputes=disputes,
        proposals=proposals,
        emails=await sent_emails.list_emails_about(db, user_id=payment.user_id, subject_ids=subjects),
        open_items=items,
        people={user.id: user for user in await users.list_users_by_id(db, _people(page, proposals))},
    )


def _provider_ids(page: PaymentPage, disputes: list[DisputeHistory]) -> list[str]:
    found = [page.payment.provider_payment_id, *(refund.provider_refund_id for refund in page.refunds)]
    return [each for each in [*found, *(dispute.provider_dispute_id for dispute in disputes)] if each]


def _people(page: PaymentPage, proposals: list[ProposalHistory]) -> list[UUID]:
    found = [page.payment.user_id, *(refund.requested_by for refund in page.refunds)]
    found += [refund.settled_by for refund in page.refunds]
    found += [proposal.proposed_by for proposal in proposals]
    return [each for each in [*found, *(proposal.confirmed_by for proposal in proposals)] if each]
