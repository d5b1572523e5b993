"""Checkout Sessions: created, read, paid on our page, expired, listed."""

from stripe_standin.errors import StripeError
from stripe_standin.events import tell
from stripe_standin.money import check_charge_amount, check_currency
from stripe_standin.objects.checkout_session import new_line_item, new_price, new_session
from stripe_standin.objects.payment_intent import new_payment_intent, payable_with
from stripe_standin.resources.confirming import attempt
from stripe_standin.resources.finding import apply, get, get_named, list_of, merge_metadata, must_find
from stripe_standin.resources.payment_methods import method_of_data, method_of_id
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

SHORTEST = 30 * 60
LONGEST = 24 * 3600
PLAIN = ("client_reference_id", "success_url", "cancel_url", "customer_email", "locale", "submit_type",
         "billing_address_collection", "customer_creation", "allow_promotion_codes",
         "allowed_payment_method_types")  # fmt: skip
FOR_INTENT = ("description", "receipt_email", "setup_future_usage", "statement_descriptor_suffix", "shipping")


def create_session(call: Call) -> Json:
    """A new session; its intent is made when somebody pays."""
    params = call.params
    items = [line_item(call, given) for given in params["line_items"]]
    currencies = {item["currency"] for item in items}
    if len(currencies) != 1:
        message = "You must provide at least one line item, and all of them in the same currency."
        raise StripeError(message, param="line_items")
    currency = currencies.pop()
    total = sum(item["amount_total"] for item in items)
    check_charge_amount(total, currency, param="line_items")
    session = new_session(currency, total, now=call.now, base_url=call.standin.config.base_url)
    session = apply(session, params, PLAIN) | {"expires_at": checked_expiry(call)}
    if params.get("customer"):
        session |= {"customer": get_named(call, "customer", "customer")["id"], "customer_creation": None}
        if params.get("customer_email"):
            message = "You may only specify one of these parameters: customer, customer_email."
            raise StripeError(message)
    hidden = {"line_items": items, "payment_intent_data": params.get("payment_intent_data") or {}}
    objects.put(call.database, session, hidden=hidden)
    return session


def retrieve_session(call: Call) -> Json:
    """One session."""
    return get(call, "checkout.session")


def list_sessions(call: Call) -> Json:
    """Sessions, newest first."""
    status = call.params.get("status")
    equal = ("customer", "payment_intent")
    return list_of(call, "checkout.session", "/v1/checkout/sessions", equal=equal, topics=(status,) if status else ())


def list_line_items(call: Call) -> Json:
    """The basket of a session."""
    session = get(call, "checkout.session")
    items = objects.hidden(call.database, session["id"])["line_items"]
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {"object": "list", "data": items, "has_more": False, "url": url}


def expire_session(call: Call) -> Json:
    """Close a session that nobody paid."""
    session = get(call, "checkout.session")
    if session["status"] != "open":
        message = (
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}."
        )
        raise StripeError(message)
    return close_unpaid(call, session)


def expire_overdue(call: Call) -> int:
    """Close every session whose time is over; tell how many there were."""
    overdue = [
        session
        for session in objects.list_all(call.database, "checkout.session", topic="open")
        if session["expires_at"] <= call.now
    ]
    for session in overdue:
        close_unpaid(call, session)
    return len(overdue)


def close_unpaid(call: Call, session: Json) -> Json:
    """The session can no longer be paid, and its intent, if it has one, neither."""
    expired = session | {"status": "expired", "url": None}
    objects.put(call.database, expired)
    if session["payment_intent"]:
        intent = must_find(call, "payment_intent", session["payment_intent"])
        ended = {"status": "canceled", "canceled_at": call.now, "cancellation_reason": "expired", "next_action": None}
        objects.put(call.database, intent | ended)
        tell(call, "payment_intent.canceled", intent | ended)
    tell(call, "checkout.session.expired", expired)
    return expired


def pay_session(call: Call, session: Json, card: Json, *, email: str | None) -> Json:
    """Pay a session with a card number or test token; a decline is kept and raised, and the session stays open."""
    if session["status"] != "open" or session["expires_at"] <= call.now:
        message = "This Checkout Session can no longer be paid."
        raise StripeError(message)
    hidden = objects.hidden(call.database, session["id"])
    intent = session_intent(call, session, hidden, email=email)
    token = card.get("payment_method")
    billing = {"email": email}
    method = method_of_id(call, token) if token else method_of_data(call, {"card": card, "billing_details": billing})
    call.params = {"return_url": session["url"]}
    return attempt(call, intent | {"payment_method": method["id"]})


def session_intent(call: Call, session: Json, hidden: Json, *, email: str | None) -> Json:
    """The intent of a session: the one of an earlier attempt, or a new one."""
    if session["payment_intent"]:
        return must_find(call, "payment_intent", session["payment_intent"])
    intent = new_payment_intent(session["amount_total"], session["currency"], now=call.now)
    given = hidden["payment_intent_data"]
    intent = apply(intent, given, FOR_INTENT) | {"customer": session["customer"]}
    intent |= payable_with(session["payment_method_types"])
    objects.put(call.database, intent, hidden={"session": session["id"], "email": email})
    objects.put(call.database, session | {"payment_intent": intent["id"]})
    tell(call, "payment_intent.created", intent)
    return intent


def line_item(call: Call, given: Json) -> Json:
    """One line of the basket, from its price data."""
    data = given["price_data"]
    product = data["product_data"]
    merge_metadata({}, product.get("metadata"))
    currency = check_currency(data["currency"])
    behavior = data.get("tax_behavior", "unspecified")
    price = new_price(currency, data["unit_amount"], now=call.now, tax_behavior=behavior)
    return new_line_item(price, product["name"], given.get("quantity", 1))


def checked_expiry(call: Call) -> int:
    """When the session ends: a day from now, or when the parameters say, within Stripe's bounds."""
    expires: int = call.params.get("expires_at", call.now + LONGEST)
    if not SHORTEST <= expires - call.now + 60 <= LONGEST + 120:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise StripeError(message, param="expires_at")
    return expires
