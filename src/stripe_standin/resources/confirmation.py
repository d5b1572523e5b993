"""Confirms an intent: it is paid, declined, needs authentication, or is processing as a bank debit."""

from __future__ import annotations

from stripe_standin.bank_accounts import BankAccount
from stripe_standin.cards import UNAUTHENTICATED
from stripe_standin.errors import describe
from stripe_standin.events import emit_event
from stripe_standin.ids import new_id
from stripe_standin.json_types import Json
from stripe_standin.resources.delayed_payments import start_bank_debit
from stripe_standin.resources.lookup import get_by_id
from stripe_standin.resources.payment_methods import check_allowed, find_test_method
from stripe_standin.resources.payments import complete_payment, decline_payment, reset_intent, unexpected_state_error
from stripe_standin.standin import Call
from stripe_standin.store import objects

UNAUTHENTICATED_INTENT = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod "
    "to attempt to fulfill this PaymentIntent again."
)


def confirm_payment(call: Call, intent: Json) -> Json:
    """Charge the payment method as its test card or account behaves; a declined attempt is stored and raised."""
    if intent["payment_method"] is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken."
        )
        raise unexpected_state_error(intent, message)
    test_method = find_test_method(call, intent["payment_method"])
    check_allowed(intent, test_method.kind)
    if isinstance(test_method, BankAccount):
        return start_bank_debit(call, intent)
    if test_method.decline is not None:
        raise decline_payment(call, intent, test_method.decline)
    if test_method.behavior == "authenticate":
        if call.params.get("off_session"):
            raise decline_payment(call, intent, UNAUTHENTICATED)
        return require_authentication(call, intent)
    return complete_payment(call, intent)


def require_authentication(call: Call, intent: Json) -> Json:
    """Send the buyer to the page on which they approve or decline the payment."""
    page = f"{call.standin.config.base_url}/3ds/{intent['id']}/{new_id('src', 24)}"
    action = {"redirect_to_url": {"return_url": call.params.get("return_url"), "url": page}, "type": "redirect_to_url"}
    waiting = intent | {"status": "requires_action", "next_action": action}
    objects.save(call.database, waiting)
    emit_event(call, "payment_intent.requires_action", waiting)
    return waiting


def finish_authentication(call: Call, intent: Json, *, approved: bool) -> Json:
    """Apply the buyer's decision: the intent is paid, or it can be paid again."""
    if approved:
        return complete_payment(call, intent)
    code = "payment_intent_authentication_failure"
    method = get_by_id(call, "payment_method", intent["payment_method"])
    error = describe(UNAUTHENTICATED_INTENT, kind="card_error", code=code, param=None) | {"payment_method": method}
    failed = reset_intent(intent, error)
    objects.save(call.database, failed)
    emit_event(call, "payment_intent.payment_failed", failed)
    return failed
