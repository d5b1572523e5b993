"""Customers: created, read, changed, deleted, listed."""

from __future__ import annotations

from stripe_standin.events import emit_event, emit_update
from stripe_standin.json_types import Json
from stripe_standin.objects.customer import new_customer
from stripe_standin.resources.lookup import apply_parameters, get_from_path, list_objects
from stripe_standin.standin import Call
from stripe_standin.store import objects

PLAIN = ("name", "email", "description", "phone", "address", "shipping", "preferred_locales", "tax_exempt")
DELETED = "deleted.customer"


def create_customer(call: Call) -> Json:
    customer = apply_parameters(new_customer(now=call.now), call.params, PLAIN)
    if customer["address"] is not None:
        customer["address"] = full_address(customer["address"])
    objects.save(call.database, customer)
    emit_event(call, "customer.created", customer)
    return customer


def retrieve_customer(call: Call) -> Json:
    """The customer, or a deleted customer with `deleted` only."""
    return objects.find(call.database, DELETED, call.object_id) or get_from_path(call, "customer")


def update_customer(call: Call) -> Json:
    before = get_from_path(call, "customer")
    customer = apply_parameters(before, call.params, PLAIN)
    if customer["address"] is not None:
        customer["address"] = full_address(customer["address"])
    objects.save(call.database, customer)
    emit_update(call, "customer.updated", customer, before)
    return customer


def delete_customer(call: Call) -> Json:
    """Delete a customer; its payments stay."""
    customer = get_from_path(call, "customer")
    deleted = {"id": customer["id"], "object": "customer", "deleted": True}
    objects.save(call.database, deleted, kind=DELETED)
    emit_event(call, "customer.deleted", customer)
    return deleted


def list_customers(call: Call) -> Json:
    """List customers; `email` must match exactly."""
    email = call.params.get("email")
    return list_objects(call, "customer", "/v1/customers", topics=(email,) if email else ())


def full_address(given: Json) -> Json:
    """The address with all its fields; missing ones are None."""
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")) | given
