"""Disputes: opened by a test card or through the control API, read, listed, won or lost."""

from __future__ import annotations

from stripe_standin.errors import StripeError
from stripe_standin.events import emit_event, emit_update
from stripe_standin.json_types import Json
from stripe_standin.objects import balance_transaction
from stripe_standin.objects.dispute import new_dispute
from stripe_standin.resources.lookup import get_by_id, get_from_path, list_objects
from stripe_standin.standin import Call
from stripe_standin.store import objects

CLOSED = ("won", "lost", "warning_closed", "prevented")


def retrieve_dispute(call: Call) -> Json:
    return get_from_path(call, "dispute")


def list_disputes(call: Call) -> Json:
    return list_objects(call, "dispute", "/v1/disputes", equal=("charge", "payment_intent"))


def close_dispute(call: Call) -> Json:
    """Accept that a dispute is lost."""
    dispute = get_from_path(call, "dispute")
    if dispute["status"] in CLOSED:
        message = f"This dispute is already closed, with the status {dispute['status']}."
        raise StripeError(message)
    return set_dispute_status(call, dispute, "lost")


def open_dispute(
    call: Call,
    charge: Json,
    *,
    reason: str,
    inquiry: bool = False,
    amount: int | None = None,
    currency: str | None = None,
) -> Json:
    """Open a dispute about the remaining amount of a charge, or about another amount; an inquiry moves no money.

    Stripe's disputes have the currency of their charge; tests can set another `currency`.
    """
    if amount is None and charge["amount_refunded"] == charge["amount"]:
        message = "This charge has no remaining amount to dispute: give an amount."
        raise StripeError(message, param="amount")
    opened = new_dispute(charge, reason=reason, now=call.now, inquiry=inquiry, amount=amount, currency=currency)
    disputed = charge | {"disputed": True}
    objects.save(call.database, disputed)
    emit_update(call, "charge.updated", disputed, charge)
    objects.save(call.database, opened)
    emit_event(call, "charge.dispute.created", opened)
    return opened if inquiry else withdraw(call, opened)


def set_dispute_status(call: Call, dispute: Json, status: str) -> Json:
    """Change the status of a dispute; winning returns the money, and losing a won dispute withdraws it again."""
    if status == dispute["status"]:
        return dispute
    changed = dispute | {"status": status}
    if status == "won" and balance_of(dispute) < 0:
        changed = reinstate(call, changed)
    elif status in ("lost", "needs_response", "under_review") and balance_of(dispute) == 0:
        changed = withdraw(call, changed)
    changed["is_charge_refundable"] = status.startswith("warning") or status == "won"
    objects.save(call.database, changed)
    emit_update(call, "charge.dispute.closed" if status in CLOSED else "charge.dispute.updated", changed, dispute)
    return changed


def withdraw(call: Call, dispute: Json) -> Json:
    """Withdraw the disputed amount and the fee from the balance."""
    moved = add_balance_transaction(call, dispute, balance_transaction.for_dispute(dispute, now=call.now))
    emit_event(call, "charge.dispute.funds_withdrawn", moved)
    return moved


def reinstate(call: Call, dispute: Json) -> Json:
    """Return the disputed amount and the fee to the balance."""
    moved = add_balance_transaction(call, dispute, balance_transaction.for_won_dispute(dispute, now=call.now))
    emit_event(call, "charge.dispute.funds_reinstated", moved)
    return moved


def add_balance_transaction(call: Call, dispute: Json, money: Json) -> Json:
    """Store the balance transaction and add it to the dispute."""
    objects.save(call.database, money)
    moved = dispute | {"balance_transactions": [*dispute["balance_transactions"], money]}
    objects.save(call.database, moved)
    return moved


def balance_of(dispute: Json) -> int:
    """The sum of the dispute's balance transactions; negative while money is withdrawn."""
    return sum(money["amount"] for money in dispute["balance_transactions"])


def charge_of_intent(call: Call, intent_id: str) -> Json:
    """The succeeded charge of an intent."""
    intent = get_by_id(call, "payment_intent", intent_id)
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent_id}) does not have a successful charge."
        raise StripeError(message, param="payment_intent")
    return get_by_id(call, "charge", intent["latest_charge"])
