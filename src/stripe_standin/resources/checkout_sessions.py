"""Checkout Sessions: created, read, paid on the hosted page, expired, listed."""

from __future__ import annotations

from stripe_standin.errors import StripeError
from stripe_standin.events import emit_event
from stripe_standin.json_types import Json
from stripe_standin.money import check_charge_amount, check_currency
from stripe_standin.objects.checkout_session import new_line_item, new_price, new_session
from stripe_standin.objects.payment_intent import new_payment_intent, payment_method_fields
from stripe_standin.resources.confirmation import confirm_payment
from stripe_standin.resources.lookup import (
    apply_parameters,
    get_by_id,
    get_from_parameter,
    get_from_path,
    list_objects,
    merge_metadata,
)
from stripe_standin.resources.payment_methods import create_method, resolve_method_id
from stripe_standin.standin import Call
from stripe_standin.store import objects

MIN_SECONDS = 30 * 60
MAX_SECONDS = 24 * 3600
PLAIN = ("client_reference_id", "success_url", "cancel_url", "customer_email", "locale", "submit_type",
         "billing_address_collection", "customer_creation", "allow_promotion_codes",
         "allowed_payment_method_types")  # fmt: skip
FOR_INTENT = ("description", "receipt_email", "setup_future_usage", "statement_descriptor_suffix", "shipping")


def create_session(call: Call) -> Json:
    """Create a session; its intent is created by the first attempt to pay."""
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
    session = apply_parameters(session, params, PLAIN) | {"expires_at": checked_expiry(call)}
    if params.get("customer"):
        session |= {"customer": get_from_parameter(call, "customer", "customer")["id"], "customer_creation": None}
        if params.get("customer_email"):
            message = "You may only specify one of these parameters: customer, customer_email."
            raise StripeError(message)
    hidden = {"line_items": items, "payment_intent_data": params.get("payment_intent_data") or {}}
    objects.save(call.database, session, hidden=hidden)
    return session


def retrieve_session(call: Call) -> Json:
    return get_from_path(call, "checkout.session")


def list_sessions(call: Call) -> Json:
    status = call.params.get("status")
    equal = ("customer", "payment_intent")
    return list_objects(
        call, "checkout.session", "/v1/checkout/sessions", equal=equal, topics=(status,) if status else ()
    )


def list_line_items(call: Call) -> Json:
    """List the line items of a session."""
    session = get_from_path(call, "checkout.session")
    items = objects.read_hidden(call.database, session["id"])["line_items"]
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {"object": "list", "data": items, "has_more": False, "url": url}


def expire_session(call: Call) -> Json:
    """Expire an open session."""
    session = get_from_path(call, "checkout.session")
    if session["status"] != "open":
        message = (
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}."
        )
        raise StripeError(message)
    return expire(call, session)


def expire_due_sessions(call: Call) -> int:
    """Expire every open session past its expiry; return how many."""
    overdue = [
        session
        for session in objects.list_all(call.database, "checkout.session", topic="open")
        if session["expires_at"] <= call.now
    ]
    for session in overdue:
        expire(call, session)
    return len(overdue)


def expire(call: Call, session: Json) -> Json:
    """Expire the session and cancel its intent."""
    expired = session | {"status": "expired", "url": None}
    objects.save(call.database, expired)
    if session["payment_intent"]:
        intent = get_by_id(call, "payment_intent", session["payment_intent"])
        ended = {"status": "canceled", "canceled_at": call.now, "cancellation_reason": "expired", "next_action": None}
        objects.save(call.database, intent | ended)
        emit_event(call, "payment_intent.canceled", intent | ended)
    emit_event(call, "checkout.session.expired", expired)
    return expired


def pay_session(call: Call, session: Json, card: Json, *, email: str | None) -> Json:
    """Pay a session with a card number or a test token; a declined attempt is stored and raised."""
    if session["status"] != "open" or session["expires_at"] <= call.now:
        message = "This Checkout Session can no longer be paid."
        raise StripeError(message)
    hidden = objects.read_hidden(call.database, session["id"])
    intent = session_intent(call, session, hidden, email=email)
    token = card.get("payment_method")
    billing = {"email": email}
    method = (
        resolve_method_id(call, token) if token else create_method(call, {"card": card, "billing_details": billing})
    )
    call.params = {"return_url": session["url"]}
    return confirm_payment(call, intent | {"payment_method": method["id"]})


def session_intent(call: Call, session: Json, hidden: Json, *, email: str | None) -> Json:
    """The intent of a session, created by the first attempt to pay."""
    if session["payment_intent"]:
        return get_by_id(call, "payment_intent", session["payment_intent"])
    intent = new_payment_intent(session["amount_total"], session["currency"], now=call.now)
    given = hidden["payment_intent_data"]
    intent = apply_parameters(intent, given, FOR_INTENT) | {"customer": session["customer"]}
    intent |= payment_method_fields(session["payment_method_types"])
    objects.save(call.database, intent, hidden={"session": session["id"], "email": email})
    objects.save(call.database, session | {"payment_intent": intent["id"]})
    emit_event(call, "payment_intent.created", intent)
    return intent


def line_item(call: Call, given: Json) -> Json:
    """A line item from its price data."""
    data = given["price_data"]
    product = data["product_data"]
    merge_metadata({}, product.get("metadata"))
    currency = check_currency(data["currency"])
    behavior = data.get("tax_behavior", "unspecified")
    price = new_price(currency, data["unit_amount"], now=call.now, tax_behavior=behavior)
    return new_line_item(price, product["name"], given.get("quantity", 1))


def checked_expiry(call: Call) -> int:
    """The expiry of the session: a day from now, or `expires_at` within Stripe's bounds."""
    expires: int = call.params.get("expires_at", call.now + MAX_SECONDS)
    if not MIN_SECONDS <= expires - call.now + 60 <= MAX_SECONDS + 120:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise StripeError(message, param="expires_at")
    return expires
