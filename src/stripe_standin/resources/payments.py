"""How an attempt to pay an intent ends: it succeeds, or it fails and the intent can be paid again."""

from __future__ import annotations

from stripe_standin.cards import Decline
from stripe_standin.errors import StripeError, describe
from stripe_standin.events import emit_event, emit_update
from stripe_standin.ids import new_token
from stripe_standin.json_types import Json
from stripe_standin.objects import balance_transaction
from stripe_standin.objects.charge import failed_charge, new_charge, succeeded_charge
from stripe_standin.objects.payment_intent import browser_view
from stripe_standin.resources.checkout_completion import complete_checkout_session
from stripe_standin.resources.disputes import open_dispute, set_dispute_status
from stripe_standin.resources.lookup import get_by_id
from stripe_standin.resources.payment_methods import find_test_method
from stripe_standin.standin import Call
from stripe_standin.store import objects


def complete_payment(call: Call, intent: Json, *, received: int | None = None) -> Json:
    """Store the charge of the whole or of the `received` amount, its balance transaction and the events."""
    amount = intent["amount"] if received is None else received
    succeeded = succeeded_charge(find_or_create_charge(call, intent), amount)
    money = balance_transaction.for_charge(succeeded, now=call.now)
    receipt = f"{call.standin.config.base_url}/receipts/{new_token(32)}"
    charge = succeeded | {"balance_transaction": money["id"], "receipt_url": receipt}
    paid = intent | {
        "status": "succeeded",
        "amount_received": amount,
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    for stored in (money, charge, paid):
        objects.save(call.database, stored)
    emit_event(call, "charge.succeeded", succeeded)
    emit_event(call, "payment_intent.succeeded", paid)
    emit_update(call, "charge.updated", charge, succeeded)
    complete_checkout_session(call, paid)
    open_test_dispute(call, charge)
    return paid


def decline_payment(call: Call, intent: Json, reason: Decline) -> StripeError:
    """Store the failed charge, make the intent payable again, and return the error with status 402."""
    method = get_by_id(call, "payment_method", intent["payment_method"])
    charge = failed_charge(find_or_create_charge(call, intent), reason)
    kind = "card_error" if reason.decline_code else "invalid_request_error"
    error = describe(reason.message, kind=kind, code=reason.code, param=None)
    error |= {"charge": charge["id"], "payment_method": method}
    if reason.decline_code:
        error["decline_code"] = reason.decline_code
    if reason.decline_code == "generic_decline":
        error["advice_code"] = "try_again_later"
    failed = reset_intent(intent, error) | {"latest_charge": charge["id"]}
    for stored in (charge, failed):
        objects.save(call.database, stored)
    emit_event(call, "charge.failed", charge)
    emit_event(call, "payment_intent.payment_failed", failed)
    more = error | {"payment_intent": browser_view(failed) if call.is_publishable else failed}
    return StripeError(reason.message, status=402, kind=kind, code=reason.code, keeps_changes=True, more=more)


def find_or_create_charge(call: Call, intent: Json) -> Json:
    """The pending charge of the intent, or a new one."""
    latest = objects.find(call.database, "charge", intent["latest_charge"] or "")
    if latest is not None and latest["status"] == "pending":
        return latest
    method = get_by_id(call, "payment_method", intent["payment_method"])
    return new_charge(intent, find_test_method(call, method["id"]), method=method, now=call.now)


def open_test_dispute(call: Call, charge: Json) -> None:
    """Open the dispute of a test card or account; the dispute of a bank debit is lost at once."""
    test_method = find_test_method(call, charge["payment_method"])
    if test_method.behavior not in ("dispute", "inquire"):
        return
    inquiry = test_method.behavior == "inquire"
    dispute = open_dispute(call, charge, reason=test_method.dispute_reason, inquiry=inquiry)
    if test_method.kind == "sepa_debit":
        set_dispute_status(call, dispute, "lost")


def reset_intent(intent: Json, error: Json) -> Json:
    """The intent after a failed attempt, without a payment method."""
    return intent | {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": error,
    }


def unexpected_state_error(intent: Json, message: str) -> StripeError:
    """The error for an intent whose status does not allow the operation; it contains the intent."""
    return StripeError(message, code="payment_intent_unexpected_state", more={"payment_intent": intent})
