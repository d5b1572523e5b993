"""Refunds: never above what is left, and not always for good."""

from coursify.sandbox.stripe.errors import StripeError, no_such
from coursify.sandbox.stripe.events import tell, tell_change
from coursify.sandbox.stripe.money import display
from coursify.sandbox.stripe.objects import balance_transaction
from coursify.sandbox.stripe.objects.refund import new_refund
from coursify.sandbox.stripe.resources.finding import apply, get, get_named, list_of, must_find
from coursify.sandbox.stripe.resources.payment_methods import instrument_behind
from coursify.sandbox.stripe.standin import Call
from coursify.sandbox.stripe.store import objects
from coursify.sandbox.stripe.vocabulary import Json

GONE = ("failed", "canceled")


def create_refund(call: Call) -> Json:
    """Give part or all of a charge back."""
    charge = charge_to_refund(call)
    amount = amount_to_refund(call, charge)
    behavior = instrument_behind(call, charge["payment_method"]).behavior
    status = "pending" if behavior == "refund_later" else "succeeded"
    refund = apply(new_refund(charge, amount, now=call.now, status=status), call.params, ("reason",))
    if status == "pending":
        refund["pending_reason"] = "processing"
    money = balance_transaction.of_refund(refund, now=call.now)
    refund["balance_transaction"] = money["id"]
    refunded = with_refunded(charge, charge["amount_refunded"] + amount)
    for stored in (money, refund, refunded):
        objects.put(call.database, stored)
    tell(call, "refund.created", refund)
    tell_change(call, "charge.refunded", refunded, charge)
    if behavior == "refund_fails":
        settle_refund(call, refund, "failed")
    return refund


def retrieve_refund(call: Call) -> Json:
    """One refund."""
    return get(call, "refund")


def update_refund(call: Call) -> Json:
    """Change a refund's metadata."""
    refund = get(call, "refund")
    changed = apply(refund, call.params, ())
    objects.put(call.database, changed)
    tell_change(call, "refund.updated", changed, refund)
    return changed


def list_refunds(call: Call) -> Json:
    """Refunds, newest first."""
    return list_of(call, "refund", "/v1/refunds", equal=("charge", "payment_intent"))


def settle_refund(call: Call, refund: Json, status: str) -> Json:
    """A refund takes another status, in either direction; a failed one leaves the charge refundable again."""
    charge = must_find(call, "charge", refund["charge"])
    changed = {name: value for name, value in refund.items() if name not in ("failure_reason", "pending_reason")}
    changed |= {"status": status}
    if status == "pending":
        changed["pending_reason"] = "processing"
    was_gone, is_gone = refund["status"] in GONE, status in GONE
    if is_gone and not was_gone:
        money = balance_transaction.of_failed_refund(refund, now=call.now)
        objects.put(call.database, money)
        changed |= {"failure_balance_transaction": money["id"], "failure_reason": "expired_or_canceled_card"}
    elif was_gone and not is_gone:
        if charge["amount"] - charge["amount_refunded"] < refund["amount"]:
            message = "This refund cannot come back to life: what it gave back was refunded again."
            raise StripeError(message)
        money = balance_transaction.of_refund(refund, now=call.now)
        objects.put(call.database, money)
        changed = {name: value for name, value in changed.items() if name != "failure_balance_transaction"}
        changed["balance_transaction"] = money["id"]
    moved = (was_gone - is_gone) * refund["amount"]
    objects.put(call.database, with_refunded(charge, charge["amount_refunded"] + moved))
    objects.put(call.database, changed)
    tell_change(call, "refund.updated", changed, refund)
    tell_change(call, "charge.refund.updated", changed, refund)
    if status == "failed":
        tell(call, "refund.failed", changed)
    return changed


def charge_to_refund(call: Call) -> Json:
    """The charge that the parameters name, if it was paid and its bank does not dispute it."""
    if call.params.get("charge"):
        charge = get_named(call, "charge", "charge")
    elif call.params.get("payment_intent"):
        intent = get_named(call, "payment_intent", "payment_intent")
        charge = objects.find(call.database, "charge", intent["latest_charge"] or "") or {"paid": False}
        if not charge["paid"]:
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise StripeError(message, param="payment_intent")
    else:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise StripeError(message)
    if not charge["paid"]:
        raise no_such("charge", charge["id"], param="charge", status=400)
    disputes = objects.list_all(call.database, "dispute", charge=charge["id"])
    if any(not dispute["is_charge_refundable"] for dispute in disputes):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(message, code="charge_disputed")
    return charge


def amount_to_refund(call: Call, charge: Json) -> int:
    """The amount asked for, or all that is left; never more than that."""
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    amount: int = call.params.get("amount", left)
    if amount > left:
        currency = charge["currency"]
        kind = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        message = f"Refund amount ({display(amount, currency)}) is greater than {kind} ({display(left, currency)})"
        raise StripeError(message, param="amount")
    return amount


def with_refunded(charge: Json, amount: int) -> Json:
    """The charge with that much given back."""
    return charge | {"amount_refunded": amount, "refunded": amount == charge["amount"]}
