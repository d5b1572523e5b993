"""Payments that take days, such as bank debits: started by a confirmation, finished by the clock or a test."""

from __future__ import annotations

from stripe_standin.bank_accounts import FAILURES, NOT_AUTHORIZED
from stripe_standin.cards import GENERIC, Decline
from stripe_standin.errors import InvalidParameters, StripeError
from stripe_standin.events import emit_event
from stripe_standin.json_types import Json
from stripe_standin.objects.charge import pending_charge
from stripe_standin.resources.lookup import get_by_id
from stripe_standin.resources.payment_methods import find_test_method, resolve_method_id
from stripe_standin.resources.payments import complete_payment, decline_payment, find_or_create_charge
from stripe_standin.settings import load_settings
from stripe_standin.standin import Call
from stripe_standin.store import objects

UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")
STATUSES = ("processing", "succeeded", "failed")
DAY_SECONDS = 24 * 3600


def start_bank_debit(call: Call, intent: Json) -> Json:
    """Start a bank debit that the scheduler finishes after `debit_days`."""
    days = load_settings(call.database).debit_days
    return start_processing(call, intent, settles_at=call.now + round(days * DAY_SECONDS))


def start_processing(call: Call, intent: Json, *, settles_at: int | None) -> Json:
    """Make the intent processing; with `settles_at` None it stays so until the control API changes it."""
    charge = pending_charge(find_or_create_charge(call, intent))
    processing = intent | {"status": "processing", "latest_charge": charge["id"], "next_action": None}
    objects.save(call.database, charge, hidden={"settles_at": settles_at})
    objects.save(call.database, processing)
    emit_event(call, "charge.pending", charge)
    emit_event(call, "payment_intent.processing", processing)
    return processing


def settle_due_debits(call: Call) -> int:
    """Finish every debit that is due, as its test account behaves; return how many."""
    settled = 0
    for charge in objects.list_all(call.database, "charge", topic="pending"):
        settles_at = objects.read_hidden(call.database, charge["id"]).get("settles_at")
        intent = objects.find(call.database, "payment_intent", charge["payment_intent"])
        if settles_at is None or settles_at > call.now or intent is None:
            continue
        reason = find_test_method(call, charge["payment_method"]).decline
        if reason is None:
            complete_payment(call, intent)
        else:
            decline_payment(call, intent, reason)
        settled += 1
    return settled


def set_intent_status(
    call: Call, intent: Json, status: str, *, received: int | None = None, failure: str | None = None
) -> Json:
    """Make an open intent processing, succeeded or failed, or a processing one succeeded or failed.

    `received` is an amount other than the intent's; `failure` is the code of a failed bank debit.
    """
    if intent["status"] not in (*UNPAID, "processing") or intent["status"] == status:
        message = f"An intent with the status {intent['status']} cannot become {status}."
        raise StripeError(message)
    method = intent["payment_method"] or resolve_method_id(call, "pm_card_visa")["id"]
    intent = intent | {"payment_method": method}
    if status == "processing":
        return start_processing(call, intent, settles_at=None)
    if status == "succeeded":
        return complete_payment(call, intent, received=received)
    decline_payment(call, intent, find_failure(call, method, failure))
    return get_by_id(call, "payment_intent", intent["id"])


def find_failure(call: Call, method: str, code: str | None) -> Decline:
    """The failure with this code; without a code the one of the payment method."""
    if code is None:
        test_method = find_test_method(call, method)
        return test_method.decline or (NOT_AUTHORIZED if test_method.kind == "sepa_debit" else GENERIC)
    if code not in FAILURES:
        message = f"The code must be one of {', '.join(FAILURES)}."
        raise InvalidParameters(message, param="code")
    return FAILURES[code]
