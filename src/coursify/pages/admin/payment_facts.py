"""Everything that is known about one payment as facts of one timeline, in words for an admin. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from coursify.modules.admin.services.read_payment_history import PaymentHistory
from coursify.modules.ledger.models import Account, Booking, SourceType
from coursify.modules.payments.models.refunds import Refund, RefundCause
from coursify.pages.core.formats import amount

Fact = dict[str, Any]

ACCOUNTS: dict[Account, str] = {
    "provider_clearing": "Held by the provider",
    "provider_fees": "Fees of the provider",
    "platform_revenue": "The school's part",
    "instructor_payable": "The instructors' part",
    "instructor_paid": "Paid to instructors",
    "tax_payable": "Tax",
    "bank": "The bank",
    "suspense": "On hold",
}
_SOURCES: dict[SourceType, str] = {
    "payment": "The payment",
    "refund": "A refund",
    "dispute": "A dispute",
    "payment_fee": "The provider's fee",
    "dispute_fee": "The fee of a dispute",
    "payout": "A payout",
    "adjustment": "A correction",
}
_CAUSES: dict[RefundCause, str] = {
    "request": "asked for here",
    "provider": "made at the provider",
    "duplicate": "a course was paid twice",
    "wrong_amount": "money of a wrong amount",
}
_TONES = {"succeeded": "good", "canceled": "bad", "failed": "bad", "undelivered": "bad", "parked": "wait"}


def list_facts(history: PaymentHistory) -> list[Fact]:
    """Oldest first; facts of one moment in the order in which they follow from each other."""
    facts = [*_order(history), *_intent(history), *_events(history), *_grants(history), *_bookings(history.bookings)]
    facts += [*_refunds(history), *_proposals(history), *_disputes(history), *_emails(history)]
    return sorted(facts, key=lambda fact: fact["at"])


def _order(history: PaymentHistory) -> Iterator[Fact]:
    order, lines = history.order, history.page.lines
    titles = ", ".join(f"{line.title} ({amount(line.amount_minor, order.currency)})" for line in lines)
    yield _fact(order.created_at, f"Ordered for {amount(order.total_minor, order.currency)}", titles)
    if order.paid_at:
        yield _fact(order.paid_at, "Order fulfilled", "Paid, and every course was opened.", "good")
    elif order.closed_at:
        yield _fact(order.closed_at, f"Order {order.status}", "", "bad")


def _intent(history: PaymentHistory) -> Iterator[Fact]:
    payment = history.page.payment
    for step in history.steps:
        words = step.intent_status.replace("_", " ")
        yield _fact(step.at, f"Intent: {words}", "", _TONES.get(step.intent_status, "plain"))
    if payment.received_at:
        received = amount(payment.received.minor, payment.received.currency)
        tone = "good" if payment.received == payment.amount else "wait"
        yield _fact(payment.received_at, f"{received} received", payment.provider_payment_id or "", tone)


def _events(history: PaymentHistory) -> Iterator[Fact]:
    for event in history.events:
        href = f"/admin/webhook-events/{event.id}"
        yield _fact(event.received_at, f"Event received: {event.type}", event.event_id, href=href)
        if event.handled_at:
            tone = _TONES.get(event.state, "plain")
            yield _fact(event.handled_at, f"Event {event.state}: {event.type}", event.reason or "", tone, href)


def _grants(history: PaymentHistory) -> Iterator[Fact]:
    titles = {line.id: line.title for line in history.page.lines}
    for grant in history.grants:
        title = titles[grant.source_id]
        yield _fact(grant.granted_at, f"Access opened: {title}", "", "good")
        if grant.revoked_at:
            yield _fact(grant.revoked_at, f"Access ended: {title}", (grant.reason or "").replace("_", " "), "bad")


def _bookings(bookings: list[Booking]) -> Iterator[Fact]:
    for _key, found in groupby(bookings, key=lambda booking: booking.transaction_id):
        parts = list(found)
        first = parts[0]
        title = f"Booked: {_SOURCES[first.source_type]}" if not first.reverses_id else "Booking reversed"
        moved = " · ".join(f"{ACCOUNTS[each.account]} {amount(each.amount_minor, each.currency)}" for each in parts)
        yield _fact(first.booked_at, title, moved)


def _refunds(history: PaymentHistory) -> Iterator[Fact]:
    for refund in history.page.refunds:
        asked = amount(refund.amount_minor, refund.currency)
        yield _fact(refund.created_at, f"Refund of {asked} requested", _why(history, refund), "wait")
        if refund.settled_at:
            tone = _TONES.get(refund.status, "plain")
            text = (
                refund.failure or refund.provider_refund_id or _name(history, refund.settled_by, "paid otherwise by ")
            )
            yield _fact(refund.settled_at, f"Refund of {asked} {refund.status}", text, tone)


def _why(history: PaymentHistory, refund: Refund) -> str:
    by = _name(history, refund.requested_by, "by ")
    return " · ".join(part for part in (_CAUSES[refund.cause], by, refund.reason or "") if part)


def _proposals(history: PaymentHistory) -> Iterator[Fact]:
    for proposal in history.proposals:
        what = f"{proposal.action.capitalize()} {amount(proposal.amount_minor, proposal.currency)}"
        by = _name(history, proposal.proposed_by, "by ")
        yield _fact(proposal.proposed_at, f"{what}: waits for a second admin", by, "wait")
        if proposal.settled_at and proposal.confirmed_by:
            by = _name(history, proposal.confirmed_by, "by ")
            yield _fact(proposal.settled_at, f"{what}: confirmed", by, "good")
        elif proposal.settled_at:
            yield _fact(proposal.settled_at, f"{what}: proposal closed", "")


def _disputes(history: PaymentHistory) -> Iterator[Fact]:
    for dispute in history.disputes:
        what = f"Dispute about {amount(dispute.amount_minor, dispute.currency)}"
        yield _fact(dispute.opened_at, f"{what} opened", dispute.provider_dispute_id, "bad")
        if dispute.status != "open":
            yield _fact(
                dispute.updated_at, f"{what} {dispute.status}", "", "good" if dispute.status == "won" else "bad"
            )


def _emails(history: PaymentHistory) -> Iterator[Fact]:
    for email in history.emails:
        kind, href = email.kind.replace("_", " "), f"/admin/emails/{email.id}"
        yield _fact(email.created_at, f"Email queued: {kind}", "", href=href)
        if email.settled_at:
            tone = _TONES.get(email.state, "plain")
            yield _fact(email.settled_at, f"Email {email.state}: {kind}", email.reason or "", tone, href)


def _name(history: PaymentHistory, user_id: UUID | None, before: str) -> str:
    person = history.people.get(user_id) if user_id else None
    return f"{before}{person.display_name}" if person else ""


def _fact(at: datetime, title: str, text: str, tone: str = "plain", href: str = "") -> Fact:
    return {"at": at, "title": title, "text": text, "tone": tone, "href": href}
