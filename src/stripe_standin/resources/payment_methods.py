"""PaymentMethods: of Stripe's test tokens, and of test card numbers and IBANs."""

from __future__ import annotations

from stripe_standin.bank_accounts import find_account
from stripe_standin.cards import find_card
from stripe_standin.errors import StripeError, missing_object
from stripe_standin.json_types import Json
from stripe_standin.objects.payment_method import new_payment_method
from stripe_standin.payment_methods import BY_TOKEN, TestPaymentMethod
from stripe_standin.resources.lookup import apply_parameters, get_from_path
from stripe_standin.standin import Call
from stripe_standin.store import objects


def create_payment_method(call: Call) -> Json:
    return create_method(call, call.params, metadata=call.params.get("metadata"))


def retrieve_payment_method(call: Call) -> Json:
    """The PaymentMethod of an id; a test token creates a new one."""
    if call.object_id in BY_TOKEN:
        return save_method(call, BY_TOKEN[call.object_id])
    return get_from_path(call, "payment_method")


def update_payment_method(call: Call) -> Json:
    """Change the metadata of a PaymentMethod."""
    method = apply_parameters(get_from_path(call, "payment_method"), call.params, ())
    objects.save(call.database, method)
    return method


def resolve_method(call: Call) -> Json | None:
    """The PaymentMethod in the parameters of an intent, by id, token or data; None without one."""
    if call.params.get("payment_method"):
        return resolve_method_id(call, call.params["payment_method"])
    if call.params.get("payment_method_data"):
        return create_method(call, call.params["payment_method_data"])
    return None


def resolve_method_id(call: Call, method_id: str) -> Json:
    """The PaymentMethod of an id; a test token creates a new one."""
    if method_id in BY_TOKEN:
        return save_method(call, BY_TOKEN[method_id])
    found = objects.find(call.database, "payment_method", method_id)
    if found is None:
        kind = "payment_method" if method_id.startswith("pm_") else "PaymentMethod"
        raise missing_object(kind, method_id, param="payment_method", status=400)
    return found


def create_method(call: Call, data: Json, *, metadata: Json | None = None) -> Json:
    """Create a PaymentMethod of a card number, a token such as `tok_visa`, or an IBAN."""
    billing = data.get("billing_details") or {}
    if data.get("type", "card") == "sepa_debit":
        test_method: TestPaymentMethod = find_account_in_data(data.get("sepa_debit") or {}, billing)
    else:
        test_method = find_card_in_data(data.get("card") or {})
    return save_method(call, test_method, billing=billing, metadata=metadata)


def find_account_in_data(given: Json, billing: Json) -> TestPaymentMethod:
    """The test account of an IBAN; a debit requires the owner's name and email address."""
    if not given.get("iban"):
        raise missing_parameter("sepa_debit[iban]")
    for name in ("name", "email"):
        if not billing.get(name):
            raise missing_parameter(f"billing_details[{name}]")
    return find_account(given["iban"])


def find_card_in_data(given: Json) -> TestPaymentMethod:
    """The test card of a number or of a token such as `tok_visa`."""
    token = given.get("token")
    if token is not None:
        method_token = token.replace("tok_", "pm_card_", 1)
        if method_token not in BY_TOKEN:
            raise missing_object("token", token, param="card[token]", status=400)
        return BY_TOKEN[method_token]
    if "number" not in given:
        raise missing_parameter("card[number]")
    return find_card(given["number"])


def missing_parameter(param: str) -> StripeError:
    """The error for a missing parameter."""
    message = f"Missing required param: {param}."
    return StripeError(message, code="parameter_missing", param=param)


def save_method(
    call: Call, test_method: TestPaymentMethod, *, billing: Json | None = None, metadata: Json | None = None
) -> Json:
    """Store a PaymentMethod; the token of its test card or account is stored but never returned."""
    method = new_payment_method(test_method, now=call.now, billing=billing, metadata=metadata)
    objects.save(call.database, method, hidden={"token": test_method.token})
    return method


def find_test_method(call: Call, method_id: str | None) -> TestPaymentMethod:
    """The test card or account of a PaymentMethod."""
    hidden = objects.read_hidden(call.database, method_id or "")
    return BY_TOKEN[hidden.get("token", "pm_card_visa")]


def check_allowed(intent: Json, kind: str) -> None:
    """Reject a payment method that the intent does not allow."""
    if kind not in intent["payment_method_types"]:
        message = (
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please attach a PaymentMethod "
            f"of one of the following types: {', '.join(intent['payment_method_types'])}. Alternatively, update the "
            f'allowed payment_method_types for this PaymentIntent to include "{kind}".'
        )
        raise StripeError(message, code="payment_intent_incompatible_payment_method", param="payment_method")
