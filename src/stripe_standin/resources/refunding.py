"""The money of a refund goes back, and not always for good: a refund may fail, and may succeed after all."""

from stripe_standin.errors import StripeError
from stripe_standin.events import tell, tell_change
from stripe_standin.objects import balance_transaction
from stripe_standin.resources.finding import must_find
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

# Why a refund gave nothing back, by its status.
GONE = {"failed": "expired_or_canceled_card", "canceled": "merchant_request"}
STATUSES = ("pending", "requires_action", "succeeded", *GONE)
# Fields that a refund only has in some of its states.
PASSING = ("pending_reason", "failure_reason", "failure_balance_transaction")


def give_back(call: Call, charge: Json, refund: Json) -> Json:
    """Store a new refund: its money leaves the balance at once, also while it is pending."""
    money = balance_transaction.of_refund(refund, now=call.now)
    refund = refund | {"balance_transaction": money["id"]}
    if refund["status"] == "pending":
        refund["pending_reason"] = "processing"
    refunded = with_refunded(charge, refund["amount"] if counts_on(charge, refund) else 0)
    for stored in (money, refund, refunded):
        objects.put(call.database, stored)
    tell(call, "refund.created", refund)
    tell_change(call, "charge.refunded", refunded, charge)
    return refund


def settle_refund(call: Call, refund: Json, status: str) -> Json:
    """A refund takes another status, in either direction; a failed one leaves the charge refundable again."""
    if status == refund["status"]:
        return refund
    charge = must_find(call, "charge", refund["charge"])
    was_gone, is_gone = refund["status"] in GONE, status in GONE
    changed = {name: value for name, value in refund.items() if name not in PASSING} | {"status": status}
    if status == "pending":
        changed["pending_reason"] = "processing"
    if is_gone:
        changed |= returned(call, refund) | {"failure_reason": GONE[status]}
    elif was_gone:
        changed["balance_transaction"] = paid_again(call, charge, refund)
    moved = (was_gone - is_gone) * refund["amount"] if counts_on(charge, refund) else 0
    objects.put(call.database, with_refunded(charge, moved))
    objects.put(call.database, changed)
    tell_change(call, "refund.updated", changed, refund)
    tell_change(call, "charge.refund.updated", changed, refund)
    if status == "failed":
        tell(call, "refund.failed", changed)
    return changed


def returned(call: Call, refund: Json) -> Json:
    """The balance transaction by which the money came back: a new one, or that of an earlier failure."""
    if refund["status"] in GONE:
        return {"failure_balance_transaction": refund["failure_balance_transaction"]}
    money = balance_transaction.of_failed_refund(refund, now=call.now)
    objects.put(call.database, money)
    return {"failure_balance_transaction": money["id"]}


def paid_again(call: Call, charge: Json, refund: Json) -> str:
    """The balance transaction of a refund that succeeds after all, if what it gives back is still there."""
    if counts_on(charge, refund) and charge["amount"] - charge["amount_refunded"] < refund["amount"]:
        message = "This refund cannot succeed any more: what it gave back was refunded again."
        raise StripeError(message)
    money = balance_transaction.of_refund(refund, now=call.now)
    objects.put(call.database, money)
    return str(money["id"])


def counts_on(charge: Json, refund: Json) -> bool:
    """Whether a refund lowers what is left of its charge; one in another currency cannot be counted."""
    return bool(refund["currency"] == charge["currency"])


def with_refunded(charge: Json, more: int) -> Json:
    """The charge with that much more given back."""
    amount = charge["amount_refunded"] + more
    return charge | {"amount_refunded": amount, "refunded": amount == charge["amount"]}
