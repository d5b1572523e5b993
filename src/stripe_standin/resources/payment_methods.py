"""PaymentMethods: Stripe's test tokens, and test card numbers and IBANs as Stripe.js posts them."""

from stripe_standin.bank_accounts import account_of_iban
from stripe_standin.cards import card_of_number
from stripe_standin.errors import StripeError, no_such
from stripe_standin.instruments import BY_TOKEN, Instrument
from stripe_standin.objects.payment_method import new_payment_method
from stripe_standin.resources.finding import apply, get
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json


def create_payment_method(call: Call) -> Json:
    """A PaymentMethod of a typed test card number or IBAN."""
    return method_of_data(call, call.params, metadata=call.params.get("metadata"))


def retrieve_payment_method(call: Call) -> Json:
    """A PaymentMethod by id, or a fresh one for a test token."""
    if call.object_id in BY_TOKEN:
        return keep_method(call, BY_TOKEN[call.object_id])
    return get(call, "payment_method")


def update_payment_method(call: Call) -> Json:
    """Change what a client may say about a PaymentMethod."""
    method = apply(get(call, "payment_method"), call.params, ())
    objects.put(call.database, method)
    return method


def resolve_method(call: Call) -> Json | None:
    """The PaymentMethod that the parameters of an intent give, by id, token or typed data; None if they give none."""
    if call.params.get("payment_method"):
        return method_of_id(call, call.params["payment_method"])
    if call.params.get("payment_method_data"):
        return method_of_data(call, call.params["payment_method_data"])
    return None


def method_of_id(call: Call, method_id: str) -> Json:
    """The PaymentMethod of an id; a test token becomes one of its own."""
    if method_id in BY_TOKEN:
        return keep_method(call, BY_TOKEN[method_id])
    found = objects.find(call.database, "payment_method", method_id)
    if found is None:
        kind = "payment_method" if method_id.startswith("pm_") else "PaymentMethod"
        raise no_such(kind, method_id, param="payment_method", status=400)
    return found


def method_of_data(call: Call, data: Json, *, metadata: Json | None = None) -> Json:
    """A PaymentMethod of typed data: a card number, a token such as `tok_visa`, or an IBAN."""
    billing = data.get("billing_details") or {}
    if data.get("type", "card") == "sepa_debit":
        instrument: Instrument = typed_account(data.get("sepa_debit") or {}, billing)
    else:
        instrument = typed_card(data.get("card") or {})
    return keep_method(call, instrument, billing=billing, metadata=metadata)


def typed_account(given: Json, billing: Json) -> Instrument:
    """The test account of a typed IBAN; a debit needs its owner's name and email."""
    if not given.get("iban"):
        raise missing("sepa_debit[iban]")
    for name in ("name", "email"):
        if not billing.get(name):
            raise missing(f"billing_details[{name}]")
    return account_of_iban(given["iban"])


def typed_card(given: Json) -> Instrument:
    """The test card of a typed number or of a token such as `tok_visa`."""
    token = given.get("token")
    if token is not None:
        named = token.replace("tok_", "pm_card_", 1)
        if named not in BY_TOKEN:
            raise no_such("token", token, param="card[token]", status=400)
        return BY_TOKEN[named]
    if "number" not in given:
        raise missing("card[number]")
    return card_of_number(given["number"])


def missing(param: str) -> StripeError:
    """Stripe's refusal of data without something it needs."""
    message = f"Missing required param: {param}."
    return StripeError(message, code="parameter_missing", param=param)


def keep_method(
    call: Call, instrument: Instrument, *, billing: Json | None = None, metadata: Json | None = None
) -> Json:
    """Store a PaymentMethod and, hidden, which test card or account it is."""
    method = new_payment_method(instrument, now=call.now, billing=billing, metadata=metadata)
    objects.put(call.database, method, hidden={"token": instrument.token})
    return method


def instrument_behind(call: Call, method_id: str | None) -> Instrument:
    """The test card or account of a PaymentMethod."""
    hidden = objects.hidden(call.database, method_id or "")
    return BY_TOKEN[hidden.get("token", "pm_card_visa")]


def check_allowed(intent: Json, kind: str) -> None:
    """Refuse a payment method that cannot pay this intent, because of its currency or of what is allowed."""
    if kind not in intent["payment_method_types"]:
        message = (
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please attach a PaymentMethod "
            f"of one of the following types: {', '.join(intent['payment_method_types'])}. Alternatively, update the "
            f'allowed payment_method_types for this PaymentIntent to include "{kind}".'
        )
        raise StripeError(message, code="payment_intent_incompatible_payment_method", param="payment_method")
