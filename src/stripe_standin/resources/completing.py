"""A Checkout Session is complete in the same moment as its intent is paid."""

from stripe_standin.events import tell
from stripe_standin.objects.checkout_session import customer_details
from stripe_standin.resources.finding import must_find
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json


def complete_session_of(call: Call, intent: Json) -> None:
    """Complete the session that a paid intent belongs to, if it belongs to one."""
    hidden = objects.hidden(call.database, intent["id"])
    if "session" not in hidden:
        return
    session = must_find(call, "checkout.session", hidden["session"])
    buyer = objects.find(call.database, "customer", session["customer"] or "") or {}
    email = hidden.get("email") or session["customer_email"] or buyer.get("email")
    completed = session | {
        "status": "complete",
        "payment_status": "paid",
        "payment_intent": intent["id"],
        "customer_details": customer_details(email=email, name=buyer.get("name")),
        "url": None,
    }
    objects.put(call.database, completed)
    tell(call, "checkout.session.completed", completed)
