"""Disputes: opened by a test card or through the control door, won or lost."""

from stripe_standin.errors import StripeError
from stripe_standin.events import tell, tell_change
from stripe_standin.objects import balance_transaction
from stripe_standin.objects.dispute import new_dispute
from stripe_standin.resources.finding import get, list_of, must_find
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

CLOSED = ("won", "lost", "warning_closed", "prevented")


def retrieve_dispute(call: Call) -> Json:
    """One dispute."""
    return get(call, "dispute")


def list_disputes(call: Call) -> Json:
    """Disputes, newest first."""
    return list_of(call, "dispute", "/v1/disputes", equal=("charge", "payment_intent"))


def close_dispute(call: Call) -> Json:
    """Accept that a dispute is lost."""
    dispute = get(call, "dispute")
    if dispute["status"] in CLOSED:
        message = f"This dispute is already closed, with the status {dispute['status']}."
        raise StripeError(message)
    return settle_dispute(call, dispute, "lost")


def open_dispute(
    call: Call,
    charge: Json,
    *,
    reason: str,
    inquiry: bool = False,
    amount: int | None = None,
    currency: str | None = None,
) -> Json:
    """A buyer's bank disputes what is left of a charge, or another amount; unless it only inquires, it takes the money.

    `currency` is for facts that do not fit; Stripe's disputes have the currency of their charge.
    """
    if amount is None and charge["amount_refunded"] == charge["amount"]:
        message = "Nothing is left of this charge that could be disputed: name an amount."
        raise StripeError(message, param="amount")
    opened = new_dispute(charge, reason=reason, now=call.now, inquiry=inquiry, amount=amount, currency=currency)
    disputed = charge | {"disputed": True}
    objects.put(call.database, disputed)
    tell_change(call, "charge.updated", disputed, charge)
    objects.put(call.database, opened)
    tell(call, "charge.dispute.created", opened)
    return opened if inquiry else withdraw(call, opened)


def settle_dispute(call: Call, dispute: Json, status: str) -> Json:
    """A dispute takes another status; a won one gives the money back, a lost one never had to move it again."""
    if status == dispute["status"]:
        return dispute
    changed = dispute | {"status": status}
    if status == "won" and balance_of(dispute) < 0:
        changed = reinstate(call, changed)
    elif status in ("lost", "needs_response", "under_review") and balance_of(dispute) == 0:
        changed = withdraw(call, changed)
    changed["is_charge_refundable"] = status.startswith("warning") or status == "won"
    objects.put(call.database, changed)
    tell_change(call, "charge.dispute.closed" if status in CLOSED else "charge.dispute.updated", changed, dispute)
    return changed


def withdraw(call: Call, dispute: Json) -> Json:
    """The disputed money and the fee are taken from the balance."""
    moved = with_entry(call, dispute, balance_transaction.of_dispute(dispute, now=call.now))
    tell(call, "charge.dispute.funds_withdrawn", moved)
    return moved


def reinstate(call: Call, dispute: Json) -> Json:
    """The disputed money and the fee come back."""
    moved = with_entry(call, dispute, balance_transaction.of_won_dispute(dispute, now=call.now))
    tell(call, "charge.dispute.funds_reinstated", moved)
    return moved


def with_entry(call: Call, dispute: Json, money: Json) -> Json:
    """The dispute with one more line in the balance."""
    objects.put(call.database, money)
    moved = dispute | {"balance_transactions": [*dispute["balance_transactions"], money]}
    objects.put(call.database, moved)
    return moved


def balance_of(dispute: Json) -> int:
    """What a dispute has taken from the balance so far, as a negative amount."""
    return sum(money["amount"] for money in dispute["balance_transactions"])


def disputed_amount(call: Call, charge_id: str) -> int:
    """What disputes hold back of a charge now."""
    return -sum(balance_of(dispute) for dispute in objects.list_all(call.database, "dispute", charge=charge_id))


def charge_of_intent(call: Call, intent_id: str) -> Json:
    """The charge that was paid for an intent."""
    intent = must_find(call, "payment_intent", intent_id)
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent_id}) does not have a successful charge."
        raise StripeError(message, param="payment_intent")
    return must_find(call, "charge", intent["latest_charge"])
