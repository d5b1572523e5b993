"""`expand[]`: ids replaced by the objects they name."""

from collections.abc import Iterable

from stripe_standin.errors import InvalidParameters
from stripe_standin.http.answers import as_answered
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.vocabulary import Json

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
    # A dispute shows its balance transactions always; asking for them is allowed.
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
    """The paths in their parts, or Stripe's refusal of one that cannot be expanded."""
    return [check_path(kind, path, position, is_list=is_list) for position, path in enumerate(paths)]


def check_path(kind: str, path: str, position: int, *, is_list: bool) -> list[str]:
    """One path; on lists it begins with `data`."""
    parts = path.split(".")
    param = f"expand[{position}]"
    steps = parts[1:] if is_list else parts
    if (is_list and parts[0] != "data") or not steps:
        raise cannot_expand(parts[0], param)
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
    """Stripe's words for a property that is no reference."""
    message = f"This property cannot be expanded ({path})."
    return InvalidParameters(message, param=param)


def expand(call: Call, answer: Json, steps: list[str]) -> None:
    """Replace the id at the end of a path, and those on the way, by their objects."""
    step, *rest = steps
    if step in LISTED and not isinstance(answer.get(step), dict):
        answer[step] = listed(call, answer, step)
    elif isinstance(answer.get(step), str):
        answer[step] = load(call, answer[step])
    inner = answer.get(step)
    for place in inner if isinstance(inner, list) else [inner]:
        if isinstance(place, dict) and rest:
            expand(call, place, rest)


def load(call: Call, object_id: str) -> Json | str:
    """The object of an id as it is answered; an id that names nothing stays."""
    found = objects.find_any(call.database, object_id)
    return object_id if found is None else as_answered(call, found)


def listed(call: Call, answer: Json, step: str) -> Json:
    """The list that hangs on an object: a charge's refunds, a session's line items."""
    if step == "line_items":
        data = objects.hidden(call.database, answer["id"]).get("line_items", [])
        url = f"/v1/checkout/sessions/{answer['id']}/line_items"
    else:
        data = objects.list_all(call.database, "refund", charge=answer["id"])[::-1]
        url = f"/v1/charges/{answer['id']}/refunds"
    return {"object": "list", "data": data, "has_more": False, "url": url}
