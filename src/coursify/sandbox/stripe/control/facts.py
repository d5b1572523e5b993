"""Facts that a test can bring about: what a bank, a buyer or the dashboard does without asking the shop."""

from coursify.sandbox.stripe.errors import InvalidParameters
from coursify.sandbox.stripe.resources import disputing, processing, refunds
from coursify.sandbox.stripe.resources.finding import must_find
from coursify.sandbox.stripe.standin import Call
from coursify.sandbox.stripe.vocabulary import Json

REFUND_STATUSES = ("pending", "succeeded", "failed")
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


def open_dispute(call: Call) -> Json:
    """A buyer's bank disputes a payment now."""
    charge = disputing.charge_of_intent(call, str(call.params.get("payment_intent")))
    reason = str(call.params.get("reason") or "fraudulent")
    return disputing.open_dispute(call, charge, reason=reason, inquiry=call.params.get("inquiry") is True)


def settle_dispute(call: Call) -> Json:
    """A dispute takes the given status."""
    status = chosen(call, DISPUTE_STATUSES)
    return disputing.settle_dispute(call, must_find(call, "dispute", call.object_id), status)


def settle_refund(call: Call) -> Json:
    """A refund takes the given status, also one that Stripe had called succeeded."""
    status = chosen(call, REFUND_STATUSES)
    return refunds.settle_refund(call, must_find(call, "refund", call.object_id), status)


def settle_intent(call: Call) -> Json:
    """An open payment begins to process, succeeds or fails; `code` is why a bank debit failed."""
    status = chosen(call, processing.STATUSES)
    intent = must_find(call, "payment_intent", call.object_id)
    return processing.settle_intent(call, intent, status, failure=call.params.get("code"))


def chosen(call: Call, statuses: tuple[str, ...]) -> str:
    """The status that the body names."""
    status = call.params.get("status")
    if status not in statuses:
        message = f"The status must be one of {', '.join(statuses)}."
        raise InvalidParameters(message, param="status")
    return str(status)
