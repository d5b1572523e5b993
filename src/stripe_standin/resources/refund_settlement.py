"""Stores refunds and changes their status: a refund can fail after it succeeded, and succeed after it failed."""

from __future__ import annotations

from stripe_standin.errors import StripeError
from stripe_standin.events import emit_event, emit_update
from stripe_standin.json_types import Json
from stripe_standin.objects import balance_transaction
from stripe_standin.resources.lookup import get_by_id
from stripe_standin.standin import Call
from stripe_standin.store import objects

# The statuses in which a refund returned no money, with their reasons.
FAILED = {"failed": "expired_or_canceled_card", "canceled": "merchant_request"}
STATUSES = ("pending", "requires_action", "succeeded", *FAILED)
# Fields that a refund has only in some statuses.
STATUS_FIELDS = ("pending_reason", "failure_reason", "failure_balance_transaction")


def store_refund(call: Call, charge: Json, refund: Json) -> Json:
    """Store a new refund; its amount leaves the balance at once, also while it is pending."""
    money = balance_transaction.for_refund(refund, now=call.now)
    refund = refund | {"balance_transaction": money["id"]}
    if refund["status"] == "pending":
        refund["pending_reason"] = "processing"
    refunded = add_refunded(charge, refund["amount"] if counts_towards(charge, refund) else 0)
    for stored in (money, refund, refunded):
        objects.save(call.database, stored)
    emit_event(call, "refund.created", refund)
    emit_update(call, "charge.refunded", refunded, charge)
    return refund


def set_refund_status(call: Call, refund: Json, status: str) -> Json:
    """Change the status of a refund to any other; a failed refund makes the charge refundable again."""
    if status == refund["status"]:
        return refund
    charge = get_by_id(call, "charge", refund["charge"])
    had_failed, has_failed = refund["status"] in FAILED, status in FAILED
    changed = {name: value for name, value in refund.items() if name not in STATUS_FIELDS} | {"status": status}
    if status == "pending":
        changed["pending_reason"] = "processing"
    if has_failed:
        changed |= return_refund(call, refund) | {"failure_reason": FAILED[status]}
    elif had_failed:
        changed["balance_transaction"] = repeat_refund(call, charge, refund)
    moved = (had_failed - has_failed) * refund["amount"] if counts_towards(charge, refund) else 0
    objects.save(call.database, add_refunded(charge, moved))
    objects.save(call.database, changed)
    emit_update(call, "refund.updated", changed, refund)
    emit_update(call, "charge.refund.updated", changed, refund)
    if status == "failed":
        emit_event(call, "refund.failed", changed)
    return changed


def return_refund(call: Call, refund: Json) -> Json:
    """The fields of the balance transaction that returned the money: a new one, or that of an earlier failure."""
    if refund["status"] in FAILED:
        return {"failure_balance_transaction": refund["failure_balance_transaction"]}
    money = balance_transaction.for_failed_refund(refund, now=call.now)
    objects.save(call.database, money)
    return {"failure_balance_transaction": money["id"]}


def repeat_refund(call: Call, charge: Json, refund: Json) -> str:
    """The balance transaction of a refund that succeeds after it failed; rejected if too little is left."""
    if counts_towards(charge, refund) and charge["amount"] - charge["amount_refunded"] < refund["amount"]:
        message = "This refund can no longer succeed: its amount was refunded again."
        raise StripeError(message)
    money = balance_transaction.for_refund(refund, now=call.now)
    objects.save(call.database, money)
    return str(money["id"])


def counts_towards(charge: Json, refund: Json) -> bool:
    """Whether a refund reduces the refundable amount of its charge, which needs the same currency."""
    return bool(refund["currency"] == charge["currency"])


def add_refunded(charge: Json, more: int) -> Json:
    """The charge with this amount more refunded."""
    amount = charge["amount_refunded"] + more
    return charge | {"amount_refunded": amount, "refunded": amount == charge["amount"]}
