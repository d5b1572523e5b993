"""Payments that take days, as bank debits do: begun when confirmed, settled by the clock or by the control door."""

from stripe_standin.bank_accounts import FAILURES, NOT_AUTHORIZED
from stripe_standin.cards import GENERIC, Decline
from stripe_standin.errors import InvalidParameters, StripeError
from stripe_standin.events import tell
from stripe_standin.objects.charge import pending_charge
from stripe_standin.resources.charging import attempted_charge, fail, succeed
from stripe_standin.resources.finding import must_find
from stripe_standin.resources.payment_methods import instrument_behind, method_of_id
from stripe_standin.settings import current_settings
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")
STATUSES = ("processing", "succeeded", "failed")
DAY_SECONDS = 24 * 3600


def begin_debit(call: Call, intent: Json) -> Json:
    """A bank debit is under way; the clock settles it after as many days as the settings say."""
    days = current_settings(call.database).debit_days
    return begin(call, intent, settles_at=call.now + round(days * DAY_SECONDS))


def begin(call: Call, intent: Json, *, settles_at: int | None) -> Json:
    """The payment is under way and can be neither canceled nor paid otherwise; None waits for the control door."""
    charge = pending_charge(attempted_charge(call, intent))
    processing = intent | {"status": "processing", "latest_charge": charge["id"], "next_action": None}
    objects.put(call.database, charge, hidden={"settles_at": settles_at})
    objects.put(call.database, processing)
    tell(call, "charge.pending", charge)
    tell(call, "payment_intent.processing", processing)
    return processing


def settle_overdue(call: Call) -> int:
    """Settle every debit whose days are over, as its test account behaves; tell how many there were."""
    settled = 0
    for charge in objects.list_all(call.database, "charge", topic="pending"):
        settles_at = objects.hidden(call.database, charge["id"]).get("settles_at")
        intent = objects.find(call.database, "payment_intent", charge["payment_intent"])
        if settles_at is None or settles_at > call.now or intent is None:
            continue
        reason = instrument_behind(call, charge["payment_method"]).decline
        if reason is None:
            succeed(call, intent)
        else:
            fail(call, intent, reason)
        settled += 1
    return settled


def settle_intent(
    call: Call, intent: Json, status: str, *, received: int | None = None, failure: str | None = None
) -> Json:
    """An open intent begins to process, succeeds or fails; a processing one succeeds or fails.

    `received` is what came instead of the intent's amount; `failure` is the code of a failed bank debit.
    """
    if intent["status"] not in (*UNPAID, "processing") or intent["status"] == status:
        message = f"An intent that is {intent['status']} cannot become {status} here."
        raise StripeError(message)
    method = intent["payment_method"] or method_of_id(call, "pm_card_visa")["id"]
    intent = intent | {"payment_method": method}
    if status == "processing":
        return begin(call, intent, settles_at=None)
    if status == "succeeded":
        return succeed(call, intent, received=received)
    fail(call, intent, failure_named(call, method, failure))
    return must_find(call, "payment_intent", intent["id"])


def failure_named(call: Call, method: str, code: str | None) -> Decline:
    """The reason of that code; without a code the one that the payment method would have."""
    if code is None:
        instrument = instrument_behind(call, method)
        return instrument.decline or (NOT_AUTHORIZED if instrument.kind == "sepa_debit" else GENERIC)
    if code not in FAILURES:
        message = f"The code must be one of {', '.join(FAILURES)}."
        raise InvalidParameters(message, param="code")
    return FAILURES[code]
