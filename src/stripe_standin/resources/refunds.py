"""Refunds through the API: created, read, changed, listed; never above what is left."""

from stripe_standin.errors import StripeError
from stripe_standin.events import tell_change
from stripe_standin.money import check_step, display_priced
from stripe_standin.objects.refund import new_refund
from stripe_standin.resources.finding import apply, get, get_named, list_of
from stripe_standin.resources.payment_methods import instrument_behind
from stripe_standin.resources.refunding import give_back, settle_refund
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json


def create_refund(call: Call) -> Json:
    """Give part or all of a charge back."""
    charge = charge_to_refund(call)
    amount = amount_to_refund(charge, call.params.get("amount"))
    behavior = instrument_behind(call, charge["payment_method"]).behavior
    status = "pending" if behavior == "refund_later" else "succeeded"
    refund = apply(new_refund(charge, amount, now=call.now, status=status), call.params, ("reason",))
    refund = give_back(call, charge, refund)
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


def charge_to_refund(call: Call) -> Json:
    """The charge that the parameters name, if it was paid and its bank does not dispute it."""
    if call.params.get("charge"):
        charge = get_named(call, "charge", "charge")
    elif call.params.get("payment_intent"):
        intent = get_named(call, "payment_intent", "payment_intent")
        unpaid = {"paid": False, "payment_intent": intent["id"]}
        charge = objects.find(call.database, "charge", intent["latest_charge"] or "") or unpaid
    else:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise StripeError(message)
    if not charge["paid"]:
        message = f"This PaymentIntent ({charge['payment_intent']}) does not have a successful charge to refund."
        raise StripeError(message, param="charge" if call.params.get("charge") else "payment_intent")
    disputes = objects.list_all(call.database, "dispute", charge=charge["id"])
    if any(not dispute["is_charge_refundable"] for dispute in disputes):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(message, code="charge_disputed")
    return charge


def amount_to_refund(charge: Json, asked: int | None) -> int:
    """The amount asked for, or all that is left; never more than that, and never finer than the currency's coins."""
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    amount = left if asked is None else asked
    currency = charge["currency"]
    if amount > left:
        kind = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        prices = display_priced(amount, currency), display_priced(left, currency)
        message = f"Refund amount ({prices[0]}) is greater than {kind} ({prices[1]})"
        raise StripeError(message, param="amount")
    if amount != left:
        check_step(amount, currency)
    return amount
