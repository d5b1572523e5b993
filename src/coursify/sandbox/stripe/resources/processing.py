"""Payments that take their time, as bank debits do: only the control door makes a card behave so."""

from coursify.sandbox.stripe.cards import GENERIC
from coursify.sandbox.stripe.errors import StripeError
from coursify.sandbox.stripe.events import tell
from coursify.sandbox.stripe.resources.charging import decline, succeed
from coursify.sandbox.stripe.resources.payment_methods import card_behind, method_of_id
from coursify.sandbox.stripe.standin import Call
from coursify.sandbox.stripe.store import objects
from coursify.sandbox.stripe.vocabulary import Json

UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")
STATUSES = ("processing", "succeeded", "failed")


def settle_intent(call: Call, intent: Json, status: str) -> Json:
    """An open intent begins to process; a processing one succeeds or fails."""
    if status == "processing" and intent["status"] in UNPAID:
        return begin(call, intent)
    if intent["status"] != "processing" or status == "processing":
        message = f"An intent that is {intent['status']} cannot become {status} here."
        raise StripeError(message)
    card = card_behind(call, intent["payment_method"])
    if status == "succeeded":
        return succeed(call, intent, card)
    decline(call, intent, card, GENERIC)
    failed = objects.find(call.database, "payment_intent", intent["id"])
    return failed or intent


def begin(call: Call, intent: Json) -> Json:
    """The payment is under way and can be neither canceled nor paid otherwise."""
    method = intent["payment_method"] or method_of_id(call, "pm_card_visa")["id"]
    processing = intent | {"status": "processing", "payment_method": method, "next_action": None}
    objects.put(call.database, processing)
    tell(call, "payment_intent.processing", processing)
    return processing
