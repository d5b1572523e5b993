"""Completes a Checkout Session when its intent is paid."""

from __future__ import annotations

from stripe_standin.events import emit_event
from stripe_standin.json_types import Json
from stripe_standin.objects.checkout_session import customer_details
from stripe_standin.resources.lookup import get_by_id
from stripe_standin.standin import Call
from stripe_standin.store import objects


def complete_checkout_session(call: Call, intent: Json) -> None:
    """Complete the session of a paid intent, if it has one."""
    hidden = objects.read_hidden(call.database, intent["id"])
    if "session" not in hidden:
        return
    session = get_by_id(call, "checkout.session", hidden["session"])
    buyer = objects.find(call.database, "customer", session["customer"] or "") or {}
    email = hidden.get("email") or session["customer_email"] or buyer.get("email")
    completed = session | {
        "status": "complete",
        "payment_status": "paid",
        "payment_intent": intent["id"],
        "customer_details": customer_details(email=email, name=buyer.get("name")),
        "url": None,
    }
    objects.save(call.database, completed)
    emit_event(call, "checkout.session.completed", completed)
