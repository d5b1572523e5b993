"""Charges: read, changed, listed."""

from __future__ import annotations

from stripe_standin.events import emit_update
from stripe_standin.json_types import Json
from stripe_standin.resources.lookup import apply_parameters, get_from_path, list_objects
from stripe_standin.standin import Call
from stripe_standin.store import objects


def retrieve_charge(call: Call) -> Json:
    return get_from_path(call, "charge")


def update_charge(call: Call) -> Json:
    """Change the description, the receipt email or the metadata of a charge."""
    before = get_from_path(call, "charge")
    charge = apply_parameters(before, call.params, ("description", "receipt_email"))
    objects.save(call.database, charge)
    emit_update(call, "charge.updated", charge, before)
    return charge


def list_charges(call: Call) -> Json:
    return list_objects(call, "charge", "/v1/charges", equal=("customer", "payment_intent"))
