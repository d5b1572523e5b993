"""PaymentIntents: created, read, changed, confirmed, canceled, listed."""

import hmac

from stripe_standin.errors import StripeError, no_such
from stripe_standin.events import tell
from stripe_standin.money import check_charge_amount, check_currency
from stripe_standin.objects.payment_intent import (
    for_client,
    new_payment_intent,
    offered_types,
    payable_with,
)
from stripe_standin.resources.charging import unexpected_state
from stripe_standin.resources.confirming import attempt
from stripe_standin.resources.finding import apply, get, get_named, list_of
from stripe_standin.resources.payment_methods import check_allowed, resolve_method
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

PLAIN = ("description", "receipt_email", "statement_descriptor_suffix", "setup_future_usage", "shipping")
CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
FIXED = ("processing", "succeeded", "canceled")


def create_payment_intent(call: Call) -> Json:
    """A new intent, confirmed at once when asked to be."""
    intent = prepare(call)
    objects.put(call.database, intent)
    tell(call, "payment_intent.created", intent)
    return attempt(call, intent) if call.params.get("confirm") else intent


def retrieve_payment_intent(call: Call) -> Json:
    """An intent; with the publishable key only for whoever holds its client secret, and only what a browser needs."""
    return for_caller(call, permitted(call))


def update_payment_intent(call: Call) -> Json:
    """Change an open intent; of one that is processing, paid or canceled only what does not concern the money."""
    intent = get(call, "payment_intent")
    touched = {"amount", "currency", "customer", "payment_method", "payment_method_data"} & set(call.params)
    if intent["status"] in FIXED and touched:
        raise unexpected_state(intent, f"This PaymentIntent's {min(touched)} could not be updated because it has a "
                                       f"status of {intent['status']}.")  # fmt: skip
    changed = with_method(call, with_types(call, with_money(call, apply(intent, call.params, PLAIN))))
    objects.put(call.database, changed)
    return changed


def confirm_payment_intent(call: Call) -> Json:
    """Try to take the money, with the secret key or as a browser does."""
    intent = permitted(call)
    if intent["status"] == "succeeded":
        raise unexpected_state(
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
        )
    if intent["status"] not in OPEN:
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. "
        raise unexpected_state(
            intent,
            message + f"Only a PaymentIntent with one of the following statuses may be confirmed: {', '.join(OPEN)}.",
        )
    return for_caller(call, attempt(call, with_method(call, with_types(call, apply(intent, call.params, PLAIN)))))


def cancel_payment_intent(call: Call) -> Json:
    """End an intent that is not paid; nobody can pay it afterwards."""
    intent = get(call, "payment_intent")
    if intent["status"] not in CANCELABLE:
        message = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
        raise unexpected_state(
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
    objects.put(call.database, canceled)
    tell(call, "payment_intent.canceled", canceled)
    return canceled


def list_payment_intents(call: Call) -> Json:
    """Intents, newest first."""
    return list_of(call, "payment_intent", "/v1/payment_intents", equal=("customer",))


def prepare(call: Call) -> Json:
    """The intent that the parameters describe, not stored yet."""
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
    return with_method(call, with_types(call, with_customer(call, apply(intent, params, PLAIN))))


def with_money(call: Call, intent: Json) -> Json:
    """The intent with another amount, currency or customer."""
    changed = with_customer(call, intent)
    currency = check_currency(call.params["currency"]) if "currency" in call.params else intent["currency"]
    amount: int = call.params["amount"] if "amount" in call.params else intent["amount"]
    if {"currency", "amount"} & set(call.params):
        check_charge_amount(amount, currency)
    return changed | {"amount": amount, "currency": currency}


def with_types(call: Call, intent: Json) -> Json:
    """The intent with the payment methods that can pay it: those of its currency, of these the allowed ones."""
    if "session" in objects.hidden(call.database, intent["id"]):
        return intent
    allowed = call.params.get("allowed_payment_method_types") or intent["allowed_payment_method_types"]
    types = [kind for kind in offered_types(intent["currency"]) if not allowed or kind in allowed]
    if not types:
        message = (
            f"The currency provided ({intent['currency']}) is invalid for one or more payment method types on this "
            "PaymentIntent. The payment method type sepa_debit only supports the following currencies: eur. Either "
            "correct the provided currency, or use a different PaymentIntent to accept this payment method type."
        )
        raise StripeError(message, param="currency")
    return intent | {"allowed_payment_method_types": allowed} | payable_with(types)


def with_customer(call: Call, intent: Json) -> Json:
    """The intent on the customer that the parameters name."""
    if not call.params.get("customer"):
        return intent
    return intent | {"customer": get_named(call, "customer", "customer")["id"]}


def with_method(call: Call, intent: Json) -> Json:
    """The intent with the payment method that the parameters give, waiting to be confirmed."""
    method = resolve_method(call)
    if method is None:
        return intent
    check_allowed(intent, method["type"])
    return intent | {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}


def permitted(call: Call) -> Json:
    """The intent of the path, if the caller may see it: by secret key, or by its client secret."""
    secret = call.params.get("client_secret")
    intent = objects.find(call.database, "payment_intent", call.object_id)
    if intent is None:
        raise no_such("payment_intent", call.object_id, param="intent")
    if secret is None and call.publishable:
        message = "Missing required param: client_secret."
        raise StripeError(message, code="parameter_missing", param="client_secret")
    if secret is not None and not hmac.compare_digest(secret.encode(), intent["client_secret"].encode()):
        message = "The client_secret provided does not match the client_secret associated with this PaymentIntent."
        raise StripeError(message, code="payment_intent_invalid_parameter", param="client_secret")
    return intent


def for_caller(call: Call, intent: Json) -> Json:
    """The intent as far as the caller may see it."""
    return for_client(intent) if call.publishable else intent
