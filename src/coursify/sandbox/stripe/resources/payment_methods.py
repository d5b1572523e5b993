"""PaymentMethods: Stripe's test tokens, and test card numbers as Stripe.js posts them."""

from coursify.sandbox.stripe.cards import BY_TOKEN, Card, card_of_number
from coursify.sandbox.stripe.errors import StripeError, no_such
from coursify.sandbox.stripe.objects.payment_method import new_payment_method
from coursify.sandbox.stripe.resources.finding import apply, get
from coursify.sandbox.stripe.standin import Call
from coursify.sandbox.stripe.store import objects
from coursify.sandbox.stripe.vocabulary import Json


def create_payment_method(call: Call) -> Json:
    """A PaymentMethod of a typed test card number."""
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
    """The PaymentMethod that the parameters of an intent give, by id, token or card data; None if they give none."""
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
    """A PaymentMethod of card data: a number or a token such as `tok_visa`."""
    given = data.get("card") or {}
    billing = data.get("billing_details") or {}
    token = given.get("token")
    if token is not None:
        named = token.replace("tok_", "pm_card_", 1)
        if named not in BY_TOKEN:
            raise no_such("token", token, param="card[token]", status=400)
        return keep_method(call, BY_TOKEN[named], billing=billing, metadata=metadata)
    if "number" not in given:
        message = "Missing required param: card[number]."
        raise StripeError(message, code="parameter_missing", param="card[number]")
    return keep_method(call, card_of_number(given["number"]), billing=billing, metadata=metadata)


def keep_method(call: Call, card: Card, *, billing: Json | None = None, metadata: Json | None = None) -> Json:
    """Store a PaymentMethod and, hidden, which test card it is."""
    method = new_payment_method(card, now=call.now, billing=billing, metadata=metadata)
    objects.put(call.database, method, hidden={"card": card.token})
    return method


def card_behind(call: Call, method_id: str | None) -> Card:
    """The test card of a PaymentMethod."""
    token = objects.hidden(call.database, method_id or "").get("card", "pm_card_visa")
    return BY_TOKEN[token]
