"""Customers: created, read, changed, deleted, listed."""

from stripe_standin.events import tell, tell_change
from stripe_standin.objects.customer import new_customer
from stripe_standin.resources.finding import apply, get, list_of
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

PLAIN = ("name", "email", "description", "phone", "address", "shipping", "preferred_locales", "tax_exempt")
DELETED = "deleted.customer"


def create_customer(call: Call) -> Json:
    """A new customer."""
    customer = apply(new_customer(now=call.now), call.params, PLAIN)
    if customer["address"] is not None:
        customer["address"] = full_address(customer["address"])
    objects.put(call.database, customer)
    tell(call, "customer.created", customer)
    return customer


def retrieve_customer(call: Call) -> Json:
    """A customer; of a deleted one only that it is deleted."""
    return objects.find(call.database, DELETED, call.object_id) or get(call, "customer")


def update_customer(call: Call) -> Json:
    """Change what is known of a customer."""
    before = get(call, "customer")
    customer = apply(before, call.params, PLAIN)
    if customer["address"] is not None:
        customer["address"] = full_address(customer["address"])
    objects.put(call.database, customer)
    tell_change(call, "customer.updated", customer, before)
    return customer


def delete_customer(call: Call) -> Json:
    """Delete a customer for good; its payments stay."""
    customer = get(call, "customer")
    deleted = {"id": customer["id"], "object": "customer", "deleted": True}
    objects.put(call.database, deleted, kind=DELETED)
    tell(call, "customer.deleted", customer)
    return deleted


def list_customers(call: Call) -> Json:
    """Customers, newest first; `email` must match exactly."""
    email = call.params.get("email")
    return list_of(call, "customer", "/v1/customers", topics=(email,) if email else ())


def full_address(given: Json) -> Json:
    """An address with all its fields, unknown ones empty."""
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")) | given
