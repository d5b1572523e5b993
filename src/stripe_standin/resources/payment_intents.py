"""PaymentIntents: created, read, changed, confirmed, canceled, listed."""

from __future__ import annotations

import hmac

from stripe_standin.errors import StripeError, missing_object
from stripe_standin.events import emit_event
from stripe_standin.json_types import Json
from stripe_standin.money import check_charge_amount, check_currency
from stripe_standin.objects.payment_intent import (
    browser_view,
    new_payment_intent,
    payment_method_fields,
    payment_method_types,
)
from stripe_standin.resources.confirmation import confirm_payment
from stripe_standin.resources.lookup import apply_parameters, get_from_parameter, get_from_path, list_objects
from stripe_standin.resources.payment_methods import check_allowed, resolve_method
from stripe_standin.resources.payments import unexpected_state_error
from stripe_standin.standin import Call
from stripe_standin.store import objects

PLAIN = ("description", "receipt_email", "statement_descriptor_suffix", "setup_future_usage", "shipping")
CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
FINAL = ("processing", "succeeded", "canceled")


def create_payment_intent(call: Call) -> Json:
    """Create an intent, and confirm it with `confirm`."""
    intent = build_intent(call)
    objects.save(call.database, intent)
    emit_event(call, "payment_intent.created", intent)
    return confirm_payment(call, intent) if call.params.get("confirm") else intent


def retrieve_payment_intent(call: Call) -> Json:
    """The intent; with the publishable key it requires the client secret and has fewer fields."""
    return caller_view(call, get_permitted(call))


def update_payment_intent(call: Call) -> Json:
    """Change an intent; amount, customer and payment method only while it is open."""
    intent = get_from_path(call, "payment_intent")
    changed_fields = {"amount", "currency", "customer", "payment_method", "payment_method_data"} & set(call.params)
    if intent["status"] in FINAL and changed_fields:
        message = (
            f"This PaymentIntent's {min(changed_fields)} could not be updated because it has a status of "
            f"{intent['status']}."
        )
        raise unexpected_state_error(intent, message)
    changed = with_method(call, with_types(call, with_amount(call, apply_parameters(intent, call.params, PLAIN))))
    objects.save(call.database, changed)
    return changed


def confirm_payment_intent(call: Call) -> Json:
    """Confirm an intent with the secret key, or in a browser with its client secret."""
    intent = get_permitted(call)
    if intent["status"] == "succeeded":
        raise unexpected_state_error(
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
        )
    if intent["status"] not in CONFIRMABLE:
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. "
        raise unexpected_state_error(
            intent,
            message
            + f"Only a PaymentIntent with one of the following statuses may be confirmed: {', '.join(CONFIRMABLE)}.",
        )
    return caller_view(
        call, confirm_payment(call, with_method(call, with_types(call, apply_parameters(intent, call.params, PLAIN))))
    )


def cancel_payment_intent(call: Call) -> Json:
    """Cancel an unpaid intent."""
    intent = get_from_path(call, "payment_intent")
    if intent["status"] not in CANCELABLE:
        message = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
        raise unexpected_state_error(
            intent,
            message
            + f"Only a PaymentIntent with one of the following statuses may be canceled: {', '.join(CANCELABLE)}.",
        )
    canceled = intent | {
        "status": "canceled",
        "canceled_at": call.now,
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
    }
    objects.save(call.database, canceled)
    emit_event(call, "payment_intent.canceled", canceled)
    return canceled


def list_payment_intents(call: Call) -> Json:
    return list_objects(call, "payment_intent", "/v1/payment_intents", equal=("customer",))


def build_intent(call: Call) -> Json:
    """Build the intent of the parameters, without storing it."""
    params = call.params
    currency = check_currency(params["currency"])
    check_charge_amount(params["amount"], currency)
    intent = new_payment_intent(params["amount"], currency, now=call.now)
    if params.get("automatic_payment_methods"):
        intent["automatic_payment_methods"] |= params["automatic_payment_methods"]
    intent["capture_method"] = params.get("capture_method", intent["capture_method"])
    if params.get("off_session") and not params.get("confirm"):
        message = "You cannot provide `off_session` without setting `confirm` to true."
        raise StripeError(message, param="off_session")
    return with_method(call, with_types(call, with_customer(call, apply_parameters(intent, params, PLAIN))))


def with_amount(call: Call, intent: Json) -> Json:
    """The intent with the amount, currency and customer of the parameters."""
    changed = with_customer(call, intent)
    currency = check_currency(call.params["currency"]) if "currency" in call.params else intent["currency"]
    amount: int = call.params["amount"] if "amount" in call.params else intent["amount"]
    if {"currency", "amount"} & set(call.params):
        check_charge_amount(amount, currency)
    return changed | {"amount": amount, "currency": currency}


def with_types(call: Call, intent: Json) -> Json:
    """The intent with the allowed payment methods of its currency."""
    if "session" in objects.read_hidden(call.database, intent["id"]):
        return intent
    allowed = call.params.get("allowed_payment_method_types") or intent["allowed_payment_method_types"]
    types = [kind for kind in payment_method_types(intent["currency"]) if not allowed or kind in allowed]
    if not types:
        message = (
            f"The currency provided ({intent['currency']}) is invalid for one or more payment method types on this "
            "PaymentIntent. The payment method type sepa_debit only supports the following currencies: eur. Either "
            "correct the provided currency, or use a different PaymentIntent to accept this payment method type."
        )
        raise StripeError(message, param="currency")
    return intent | {"allowed_payment_method_types": allowed} | payment_method_fields(types)


def with_customer(call: Call, intent: Json) -> Json:
    """The intent with the customer of the parameters."""
    if not call.params.get("customer"):
        return intent
    return intent | {"customer": get_from_parameter(call, "customer", "customer")["id"]}


def with_method(call: Call, intent: Json) -> Json:
    """The intent with the payment method of the parameters, ready to be confirmed."""
    method = resolve_method(call)
    if method is None:
        return intent
    check_allowed(intent, method["type"])
    return intent | {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}


def get_permitted(call: Call) -> Json:
    """The intent in the path, for the secret key or the right client secret."""
    secret = call.params.get("client_secret")
    intent = objects.find(call.database, "payment_intent", call.object_id)
    if intent is None:
        raise missing_object("payment_intent", call.object_id, param="intent")
    if secret is None and call.is_publishable:
        message = "Missing required param: client_secret."
        raise StripeError(message, code="parameter_missing", param="client_secret")
    if secret is not None and not hmac.compare_digest(secret.encode(), intent["client_secret"].encode()):
        message = "The client_secret provided does not match the client_secret associated with this PaymentIntent."
        raise StripeError(message, code="payment_intent_invalid_parameter", param="client_secret")
    return intent


def caller_view(call: Call, intent: Json) -> Json:
    """The fields of the intent that the caller may see."""
    return browser_view(intent) if call.is_publishable else intent
