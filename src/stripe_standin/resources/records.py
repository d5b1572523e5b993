"""What is only read: charges, balance transactions, events."""

from stripe_standin.errors import StripeError
from stripe_standin.events import tell_change
from stripe_standin.resources.finding import apply, get, list_of, page_of
from stripe_standin.standin import Call
from stripe_standin.store import deliveries, objects
from stripe_standin.store.objects import Page
from stripe_standin.vocabulary import Json


def retrieve_charge(call: Call) -> Json:
    """One charge."""
    return get(call, "charge")


def update_charge(call: Call) -> Json:
    """Change what does not concern the money of a charge."""
    before = get(call, "charge")
    charge = apply(before, call.params, ("description", "receipt_email"))
    objects.put(call.database, charge)
    tell_change(call, "charge.updated", charge, before)
    return charge


def list_charges(call: Call) -> Json:
    """Charges, newest first."""
    return list_of(call, "charge", "/v1/charges", equal=("customer", "payment_intent"))


def retrieve_balance_transaction(call: Call) -> Json:
    """One line of the balance."""
    return get(call, "balance_transaction")


def list_balance_transactions(call: Call) -> Json:
    """The lines of the balance, newest first."""
    call.params |= {"charge": call.params.get("source")}
    return list_of(call, "balance_transaction", "/v1/balance_transactions", equal=("charge",))


def retrieve_event(call: Call) -> Json:
    """One event, and to how many targets it is still owed."""
    return as_of_now(call, get(call, "event"))


def list_events(call: Call) -> Json:
    """Events, newest first: of several types, of one, or of a group such as `charge.*`."""
    one, several = call.params.get("type"), call.params.get("types")
    if one and several:
        message = "You may only specify one of these parameters: type, types."
        raise StripeError(message, param="types")
    wanted = Page(topics=tuple(several or ()), topic_like=one or None, delivered=call.params.get("delivery_success"))
    page = page_of(call, "event", "/v1/events", wanted)
    return page | {"data": [as_of_now(call, event) for event in page["data"]]}


def as_of_now(call: Call, event: Json) -> Json:
    """The event with the deliveries that it still waits for."""
    return event | {"pending_webhooks": deliveries.count_owed_of_event(call.database, event["id"])}
