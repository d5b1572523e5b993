"""How an attempt to take an intent's money ends: it is paid, or it is refused and can be paid another way."""

from stripe_standin.cards import Decline
from stripe_standin.errors import StripeError, describe
from stripe_standin.events import tell, tell_change
from stripe_standin.ids import new_token
from stripe_standin.objects import balance_transaction
from stripe_standin.objects.charge import failed_charge, new_charge, succeeded_charge
from stripe_standin.objects.payment_intent import for_client
from stripe_standin.resources.completing import complete_session_of
from stripe_standin.resources.disputing import open_dispute, settle_dispute
from stripe_standin.resources.finding import must_find
from stripe_standin.resources.payment_methods import instrument_behind
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json


def succeed(call: Call, intent: Json, *, received: int | None = None) -> Json:
    """The money is taken, all of it or the `received` amount: a charge, its balance transaction, and the events."""
    amount = intent["amount"] if received is None else received
    fresh = succeeded_charge(attempted_charge(call, intent), amount)
    money = balance_transaction.of_charge(fresh, now=call.now)
    receipt = f"{call.standin.config.base_url}/receipts/{new_token(32)}"
    charge = fresh | {"balance_transaction": money["id"], "receipt_url": receipt}
    paid = intent | {
        "status": "succeeded",
        "amount_received": amount,
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    for stored in (money, charge, paid):
        objects.put(call.database, stored)
    tell(call, "charge.succeeded", fresh)
    tell(call, "payment_intent.succeeded", paid)
    tell_change(call, "charge.updated", charge, fresh)
    complete_session_of(call, paid)
    dispute_if_told(call, charge)
    return paid


def fail(call: Call, intent: Json, reason: Decline) -> StripeError:
    """The bank refused: the failed charge is kept, the intent can be paid another way, the caller gets 402."""
    method = must_find(call, "payment_method", intent["payment_method"])
    charge = failed_charge(attempted_charge(call, intent), reason)
    kind = "card_error" if reason.decline_code else "invalid_request_error"
    error = describe(reason.message, kind=kind, code=reason.code, param=None)
    error |= {"charge": charge["id"], "payment_method": method}
    if reason.decline_code:
        error["decline_code"] = reason.decline_code
    if reason.decline_code == "generic_decline":
        error["advice_code"] = "try_again_later"
    failed = payable_again(intent, error) | {"latest_charge": charge["id"]}
    for stored in (charge, failed):
        objects.put(call.database, stored)
    tell(call, "charge.failed", charge)
    tell(call, "payment_intent.payment_failed", failed)
    more = error | {"payment_intent": for_client(failed) if call.publishable else failed}
    return StripeError(reason.message, status=402, kind=kind, code=reason.code, keep=True, more=more)


def attempted_charge(call: Call, intent: Json) -> Json:
    """The charge that waits for the bank's answer, or a new one."""
    latest = objects.find(call.database, "charge", intent["latest_charge"] or "")
    if latest is not None and latest["status"] == "pending":
        return latest
    method = must_find(call, "payment_method", intent["payment_method"])
    return new_charge(intent, instrument_behind(call, method["id"]), method=method, now=call.now)


def dispute_if_told(call: Call, charge: Json) -> None:
    """Open the dispute that a test card or account brings; one about a bank debit is lost at once, as banks decide."""
    instrument = instrument_behind(call, charge["payment_method"])
    if instrument.behavior not in ("dispute", "inquire"):
        return
    inquiry = instrument.behavior == "inquire"
    dispute = open_dispute(call, charge, reason=instrument.dispute_reason, inquiry=inquiry)
    if instrument.kind == "sepa_debit":
        settle_dispute(call, dispute, "lost")


def payable_again(intent: Json, error: Json) -> Json:
    """The intent after a failed attempt: it waits for another payment method."""
    return intent | {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": error,
    }


def unexpected_state(intent: Json, message: str) -> StripeError:
    """The intent is not in a state that allows this; the answer shows the intent as it is."""
    return StripeError(message, code="payment_intent_unexpected_state", more={"payment_intent": intent})
