"""What happens when an intent is confirmed: paid, declined, sent to its bank first, or debited within days."""

from stripe_standin.bank_accounts import BankAccount
from stripe_standin.cards import UNAUTHENTICATED
from stripe_standin.errors import describe
from stripe_standin.events import tell
from stripe_standin.ids import new_id
from stripe_standin.resources.charging import fail, payable_again, succeed, unexpected_state
from stripe_standin.resources.finding import must_find
from stripe_standin.resources.payment_methods import check_allowed, instrument_behind
from stripe_standin.resources.processing import begin_debit
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

UNAUTHENTICATED_INTENT = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod "
    "to attempt to fulfill this PaymentIntent again."
)


def attempt(call: Call, intent: Json) -> Json:
    """Charge an intent's payment method as its test card or account behaves; a decline is kept and raised."""
    if intent["payment_method"] is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken."
        )
        raise unexpected_state(intent, message)
    instrument = instrument_behind(call, intent["payment_method"])
    check_allowed(intent, instrument.kind)
    if isinstance(instrument, BankAccount):
        return begin_debit(call, intent)
    if instrument.decline is not None:
        raise fail(call, intent, instrument.decline)
    if instrument.behavior == "authenticate":
        if call.params.get("off_session"):
            raise fail(call, intent, UNAUTHENTICATED)
        return require_authentication(call, intent)
    return succeed(call, intent)


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
    if approved:
        return succeed(call, intent)
    code = "payment_intent_authentication_failure"
    method = must_find(call, "payment_method", intent["payment_method"])
    error = describe(UNAUTHENTICATED_INTENT, kind="card_error", code=code, param=None) | {"payment_method": method}
    failed = payable_again(intent, error)
    objects.put(call.database, failed)
    tell(call, "payment_intent.payment_failed", failed)
    return failed
