"""What happens when an intent is confirmed: paid, declined, or sent to its bank first."""

from coursify.sandbox.stripe.cards import UNAUTHENTICATED, Card, Decline
from coursify.sandbox.stripe.errors import StripeError, describe
from coursify.sandbox.stripe.events import tell, tell_change
from coursify.sandbox.stripe.ids import new_id, new_token
from coursify.sandbox.stripe.objects import balance_transaction
from coursify.sandbox.stripe.objects.charge import failed_charge, new_charge
from coursify.sandbox.stripe.objects.payment_intent import for_client
from coursify.sandbox.stripe.resources.completing import complete_session_of
from coursify.sandbox.stripe.resources.disputing import open_dispute
from coursify.sandbox.stripe.resources.finding import must_find
from coursify.sandbox.stripe.resources.payment_methods import card_behind
from coursify.sandbox.stripe.standin import Call
from coursify.sandbox.stripe.store import objects
from coursify.sandbox.stripe.vocabulary import Json

UNAUTHENTICATED_INTENT = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod "
    "to attempt to fulfill this PaymentIntent again."
)


def attempt(call: Call, intent: Json) -> Json:
    """Charge an intent's payment method as its test card behaves; a decline is kept and raised."""
    if intent["payment_method"] is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken."
        )
        raise unexpected_state(intent, message)
    card = card_behind(call, intent["payment_method"])
    if card.decline is not None:
        raise decline(call, intent, card, card.decline)
    if card.behavior == "authenticate":
        if call.params.get("off_session"):
            raise decline(call, intent, card, UNAUTHENTICATED)
        return require_authentication(call, intent)
    return succeed(call, intent, card)


def succeed(call: Call, intent: Json, card: Card) -> Json:
    """The money is taken: a charge, its line in the balance, and the news."""
    method = must_find(call, "payment_method", intent["payment_method"])
    fresh = new_charge(intent, card, method=method, now=call.now)
    money = balance_transaction.of_charge(fresh, now=call.now)
    receipt = f"{call.standin.config.base_url}/receipts/{new_token(32)}"
    charge = fresh | {"balance_transaction": money["id"], "receipt_url": receipt}
    paid = intent | {
        "status": "succeeded",
        "amount_received": intent["amount"],
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
    if card.behavior in ("dispute", "inquire"):
        open_dispute(call, charge, reason=card.dispute_reason, inquiry=card.behavior == "inquire")
    return paid


def decline(call: Call, intent: Json, card: Card, reason: Decline) -> StripeError:
    """The bank said no: the failed charge is kept, the intent can be paid another way, the caller hears 402."""
    method = must_find(call, "payment_method", intent["payment_method"])
    charge = failed_charge(
        new_charge(intent, card, method=method, now=call.now),
        code=reason.code,
        decline_code=reason.decline_code,
        message=reason.message,
    )
    error = describe(reason.message, kind="card_error", code=reason.code, param=None) | {
        "charge": charge["id"],
        "decline_code": reason.decline_code,
        "payment_method": method,
    }
    if reason.decline_code == "generic_decline":
        error["advice_code"] = "try_again_later"
    failed = payable_again(intent, error) | {"latest_charge": charge["id"]}
    for stored in (charge, failed):
        objects.put(call.database, stored)
    tell(call, "charge.failed", charge)
    tell(call, "payment_intent.payment_failed", failed)
    more = error | {"payment_intent": for_client(failed) if call.publishable else failed}
    return StripeError(reason.message, status=402, kind="card_error", code=reason.code, keep=True, more=more)


def require_authentication(call: Call, intent: Json) -> Json:
    """The bank wants to see its customer: a page of ours where a person says yes or no."""
    page = f"{call.standin.config.base_url}/3ds/{intent['id']}/{new_id('src', 24)}"
    action = {"redirect_to_url": {"return_url": call.params.get("return_url"), "url": page}, "type": "redirect_to_url"}
    waiting = intent | {"status": "requires_action", "next_action": action}
    objects.put(call.database, waiting)
    tell(call, "payment_intent.requires_action", waiting)
    return waiting


def settle_authentication(call: Call, intent: Json, *, approved: bool) -> Json:
    """The answer of the bank's customer: the intent is paid, or can be paid another way."""
    card = card_behind(call, intent["payment_method"])
    if approved:
        return succeed(call, intent, card)
    code = "payment_intent_authentication_failure"
    method = must_find(call, "payment_method", intent["payment_method"])
    error = describe(UNAUTHENTICATED_INTENT, kind="card_error", code=code, param=None) | {"payment_method": method}
    failed = payable_again(intent, error)
    objects.put(call.database, failed)
    tell(call, "payment_intent.payment_failed", failed)
    return failed


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
