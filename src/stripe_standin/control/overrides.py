"""Changes that a test makes in the place of a bank, a buyer or the Stripe dashboard."""

from __future__ import annotations

from stripe_standin.cards import BY_TOKEN
from stripe_standin.errors import InvalidParameters, missing_object
from stripe_standin.events import emit_event
from stripe_standin.json_types import Json
from stripe_standin.money import check_currency
from stripe_standin.objects.charge import new_charge
from stripe_standin.objects.refund import new_refund
from stripe_standin.resources import delayed_payments, disputes, refund_settlement
from stripe_standin.resources.lookup import get_by_id
from stripe_standin.resources.refunds import amount_to_refund, charge_to_refund
from stripe_standin.standin import Call
from stripe_standin.store import objects

DISPUTE_STATUSES = (
    "needs_response",
    "under_review",
    "won",
    "lost",
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "prevented",
)


def set_intent_status(call: Call) -> Json:
    """Make an open payment processing, succeeded or failed.

    `amount_received` is an amount other than the intent's; `code` is the reason of a failed bank debit.
    """
    status = read_status(call, delayed_payments.STATUSES)
    intent = get_by_id(call, "payment_intent", call.object_id)
    received, code = read_amount(call, "amount_received"), call.params.get("code")
    if received is not None and status != "succeeded":
        message = "Only a succeeded payment can have an amount_received."
        raise InvalidParameters(message, param="amount_received")
    return delayed_payments.set_intent_status(call, intent, status, received=received, failure=code and str(code))


def create_charge(call: Call) -> Json:
    """Create a paid charge that has no intent, as another product makes with the older Charges API."""
    intent = dict.fromkeys(
        ("id", "customer", "description", "receipt_email", "shipping", "statement_descriptor_suffix")
    )
    amount, currency = read_amount(call, "amount"), read_currency(call)
    charge = new_charge(
        intent | {"amount": amount or 1000, "currency": currency or "usd", "metadata": {}},
        BY_TOKEN["pm_card_visa"],
        method=None,
        now=call.now,
    )
    objects.save(call.database, charge)
    emit_event(call, "charge.succeeded", charge)
    return charge


def open_dispute(call: Call) -> Json:
    """Open a dispute about a payment, also with an amount or a currency other than the charge's."""
    return disputes.open_dispute(
        call,
        disputes.charge_of_intent(call, str(call.params.get("payment_intent"))),
        reason=str(call.params.get("reason") or "fraudulent"),
        inquiry=call.params.get("inquiry") is True,
        amount=read_amount(call, "amount"),
        currency=read_currency(call),
    )


def set_dispute_status(call: Call) -> Json:
    """Change the status of a dispute, also of one that was won or lost."""
    status = read_status(call, DISPUTE_STATUSES)
    return disputes.set_dispute_status(call, get_by_id(call, "dispute", call.object_id), status)


def create_refund(call: Call) -> Json:
    """Refund a payment or a `charge` as the dashboard does; in another currency it needs an amount."""
    charge = charge_to_refund(call)
    amount, currency = read_amount(call, "amount"), read_currency(call) or charge["currency"]
    if currency == charge["currency"]:
        amount = amount_to_refund(charge, amount)
    elif amount is None:
        message = "A refund in another currency needs an amount."
        raise InvalidParameters(message, param="amount")
    status = read_status(call, refund_settlement.STATUSES) if "status" in call.params else "succeeded"
    first = "succeeded" if status in refund_settlement.FAILED else status
    refund = new_refund(charge, amount, now=call.now, status=first) | {"currency": currency}
    return refund_settlement.set_refund_status(call, refund_settlement.store_refund(call, charge, refund), status)


def set_refund_status(call: Call) -> Json:
    """Change the status of a refund, also of one that succeeded or failed."""
    status = read_status(call, refund_settlement.STATUSES)
    return refund_settlement.set_refund_status(call, get_by_id(call, "refund", call.object_id), status)


def delete_object(call: Call) -> Json:
    """Delete an object, so that the API responds with 404; references to it stay."""
    object_id = str(call.params.get("id"))
    if not objects.delete(call.database, object_id):
        raise missing_object("object", object_id)
    return {"id": object_id, "forgotten": True}


def read_status(call: Call, statuses: tuple[str, ...]) -> str:
    """The status in the body."""
    status = call.params.get("status")
    if status not in statuses:
        message = f"The status must be one of {', '.join(statuses)}."
        raise InvalidParameters(message, param="status")
    return str(status)


def read_amount(call: Call, name: str) -> int | None:
    """A positive amount in API units, or None without one."""
    amount = call.params.get(name)
    if amount is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
        message = f"{name} must be a positive whole number."
        raise InvalidParameters(message, param=name)
    return amount


def read_currency(call: Call) -> str | None:
    """A valid currency, or None without one."""
    currency = call.params.get("currency")
    return None if currency is None else check_currency(str(currency))
