"""`expand[]`: replaces ids by objects."""

from __future__ import annotations

from collections.abc import Iterable

from stripe_standin.errors import InvalidParameters
from stripe_standin.http.render import render_object
from stripe_standin.json_types import Json
from stripe_standin.standin import Call
from stripe_standin.store import objects

MAX_DEPTH = 4
EXPANDABLE: dict[str, dict[str, str]] = {
    "payment_intent": {
        "customer": "customer",
        "latest_charge": "charge",
        "payment_method": "payment_method",
        "review": "",
        "application": "",
        "on_behalf_of": "",
        "source": "",
    },
    "charge": {
        "balance_transaction": "balance_transaction",
        "customer": "customer",
        "payment_intent": "payment_intent",
        "refunds": "refund",
        "failure_balance_transaction": "balance_transaction",
        "application": "",
        "application_fee": "",
        "on_behalf_of": "",
        "review": "",
        "source_transfer": "",
    },
    "refund": {
        "charge": "charge",
        "payment_intent": "payment_intent",
        "balance_transaction": "balance_transaction",
        "failure_balance_transaction": "balance_transaction",
        "customer": "customer",
        "payment_method": "payment_method",
    },
    # A dispute always includes its balance transactions; expanding them is allowed.
    "dispute": {
        "charge": "charge",
        "payment_intent": "payment_intent",
        "balance_transactions": "balance_transaction",
    },
    "checkout.session": {"payment_intent": "payment_intent", "customer": "customer", "line_items": "item"},
    "balance_transaction": {"source": "source"},
    "payment_method": {"customer": "customer"},
    "source": {"charge": "charge", "payment_intent": "payment_intent"},
}
LISTED = ("refunds", "line_items")


def check_paths(kind: str, paths: Iterable[str], *, is_list: bool) -> list[list[str]]:
    """Split the paths into fields; rejects a path that cannot be expanded."""
    return [check_path(kind, path, position, is_list=is_list) for position, path in enumerate(paths)]


def check_path(kind: str, path: str, position: int, *, is_list: bool) -> list[str]:
    """Split one path; in a list it begins with `data`."""
    fields = path.split(".")
    param = f"expand[{position}]"
    steps = fields[1:] if is_list else fields
    if (is_list and fields[0] != "data") or not steps:
        raise cannot_expand(fields[0], param)
    if len(steps) > MAX_DEPTH:
        message = f"You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}"
        raise InvalidParameters(message, param=param)
    for step in steps:
        if step == "data":
            continue
        if step not in EXPANDABLE.get(kind, {}):
            raise cannot_expand(path, param)
        kind = EXPANDABLE[kind][step]
    return steps


def cannot_expand(path: str, param: str) -> InvalidParameters:
    """The error for a property that is not a reference."""
    message = f"This property cannot be expanded ({path})."
    return InvalidParameters(message, param=param)


def expand(call: Call, body: Json, steps: list[str]) -> None:
    """Replace every id on a path by its object."""
    step, *rest = steps
    if step in LISTED and not isinstance(body.get(step), dict):
        body[step] = build_list(call, body, step)
    elif isinstance(body.get(step), str):
        body[step] = find_object(call, body[step])
    value = body.get(step)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and rest:
            expand(call, item, rest)


def find_object(call: Call, object_id: str) -> Json | str:
    """The object of an id; an unknown id is returned unchanged."""
    found = objects.find_any(call.database, object_id)
    return object_id if found is None else render_object(call, found)


def build_list(call: Call, body: Json, step: str) -> Json:
    """The list inside an object: the refunds of a charge, the line items of a session."""
    if step == "line_items":
        data = objects.read_hidden(call.database, body["id"]).get("line_items", [])
        url = f"/v1/checkout/sessions/{body['id']}/line_items"
    else:
        data = objects.list_all(call.database, "refund", charge=body["id"])[::-1]
        url = f"/v1/charges/{body['id']}/refunds"
    return {"object": "list", "data": data, "has_more": False, "url": url}
