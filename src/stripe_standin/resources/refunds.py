"""Refunds: created, read, changed, listed; never more than the remaining amount."""

from __future__ import annotations

from stripe_standin.errors import StripeError
from stripe_standin.events import emit_update
from stripe_standin.json_types import Json
from stripe_standin.money import check_step, format_price
from stripe_standin.objects.refund import new_refund
from stripe_standin.resources.lookup import apply_parameters, get_from_parameter, get_from_path, list_objects
from stripe_standin.resources.payment_methods import find_test_method
from stripe_standin.resources.refund_settlement import set_refund_status, store_refund
from stripe_standin.standin import Call
from stripe_standin.store import objects


def create_refund(call: Call) -> Json:
    """Refund a part or all of a charge."""
    charge = charge_to_refund(call)
    amount = amount_to_refund(charge, call.params.get("amount"))
    behavior = find_test_method(call, charge["payment_method"]).behavior
    status = "pending" if behavior == "refund_later" else "succeeded"
    refund = apply_parameters(new_refund(charge, amount, now=call.now, status=status), call.params, ("reason",))
    refund = store_refund(call, charge, refund)
    if behavior == "refund_fails":
        set_refund_status(call, refund, "failed")
    return refund


def retrieve_refund(call: Call) -> Json:
    return get_from_path(call, "refund")


def update_refund(call: Call) -> Json:
    """Change the metadata of a refund."""
    refund = get_from_path(call, "refund")
    changed = apply_parameters(refund, call.params, ())
    objects.save(call.database, changed)
    emit_update(call, "refund.updated", changed, refund)
    return changed


def list_refunds(call: Call) -> Json:
    return list_objects(call, "refund", "/v1/refunds", equal=("charge", "payment_intent"))


def charge_to_refund(call: Call) -> Json:
    """The charge in the parameters; rejects one that is unpaid or disputed."""
    if call.params.get("charge"):
        charge = get_from_parameter(call, "charge", "charge")
    elif call.params.get("payment_intent"):
        intent = get_from_parameter(call, "payment_intent", "payment_intent")
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


def amount_to_refund(charge: Json, requested: int | None) -> int:
    """The requested amount, or the remaining one; rejects more than that and amounts that are out of step."""
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    amount = left if requested is None else requested
    currency = charge["currency"]
    if amount > left:
        kind = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        prices = format_price(amount, currency), format_price(left, currency)
        message = f"Refund amount ({prices[0]}) is greater than {kind} ({prices[1]})"
        raise StripeError(message, param="amount")
    if amount != left:
        check_step(amount, currency)
    return amount
