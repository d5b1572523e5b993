"""Facts that a test can bring about: what a bank, a buyer or the dashboard does without asking the shop."""

from stripe_standin.errors import InvalidParameters, no_such
from stripe_standin.money import check_currency
from stripe_standin.objects.refund import new_refund
from stripe_standin.resources import disputing, processing, refunding
from stripe_standin.resources.finding import must_find
from stripe_standin.resources.refunds import amount_to_refund, charge_to_refund
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

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


def settle_intent(call: Call) -> Json:
    """An open payment begins to process, succeeds or fails.

    `amount_received` is what came instead of the intent's amount; `code` is why a bank debit failed.
    """
    status = chosen(call, processing.STATUSES)
    intent = must_find(call, "payment_intent", call.object_id)
    received, code = read_amount(call, "amount_received"), call.params.get("code")
    if received is not None and status != "succeeded":
        message = "Only a payment that succeeded has received an amount."
        raise InvalidParameters(message, param="amount_received")
    return processing.settle_intent(call, intent, status, received=received, failure=code and str(code))


def open_dispute(call: Call) -> Json:
    """A buyer's bank disputes a payment now, also with an amount or a currency that the charge does not have."""
    return disputing.open_dispute(
        call,
        disputing.charge_of_intent(call, str(call.params.get("payment_intent"))),
        reason=str(call.params.get("reason") or "fraudulent"),
        inquiry=call.params.get("inquiry") is True,
        amount=read_amount(call, "amount"),
        currency=read_currency(call),
    )


def settle_dispute(call: Call) -> Json:
    """A dispute takes the given status, also one that was won or lost."""
    status = chosen(call, DISPUTE_STATUSES)
    return disputing.settle_dispute(call, must_find(call, "dispute", call.object_id), status)


def open_refund(call: Call) -> Json:
    """Somebody refunds a payment in the dashboard; in another currency than the charge's it needs an amount."""
    charge = charge_to_refund(call)
    amount, currency = read_amount(call, "amount"), read_currency(call) or charge["currency"]
    if currency == charge["currency"]:
        amount = amount_to_refund(charge, amount)
    elif amount is None:
        message = "A refund in another currency needs an amount."
        raise InvalidParameters(message, param="amount")
    status = chosen(call, refunding.STATUSES) if "status" in call.params else "succeeded"
    first = "succeeded" if status in refunding.GONE else status
    refund = new_refund(charge, amount, now=call.now, status=first) | {"currency": currency}
    return refunding.settle_refund(call, refunding.give_back(call, charge, refund), status)


def settle_refund(call: Call) -> Json:
    """A refund takes the given status, also one that Stripe had called succeeded or failed."""
    status = chosen(call, refunding.STATUSES)
    return refunding.settle_refund(call, must_find(call, "refund", call.object_id), status)


def forget(call: Call) -> Json:
    """An object is gone as if it had never been: Stripe has no such object. What points at it keeps its id."""
    object_id = str(call.params.get("id"))
    if not objects.delete(call.database, object_id):
        raise no_such("object", object_id)
    return {"id": object_id, "forgotten": True}


def chosen(call: Call, statuses: tuple[str, ...]) -> str:
    """The status that the body names."""
    status = call.params.get("status")
    if status not in statuses:
        message = f"The status must be one of {', '.join(statuses)}."
        raise InvalidParameters(message, param="status")
    return str(status)


def read_amount(call: Call, name: str) -> int | None:
    """A positive whole amount in API units, or None when the body has none."""
    amount = call.params.get(name)
    if amount is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
        message = f"{name} must be a positive whole number."
        raise InvalidParameters(message, param=name)
    return amount


def read_currency(call: Call) -> str | None:
    """A known currency, or None when the body has none."""
    currency = call.params.get("currency")
    return None if currency is None else check_currency(str(currency))
