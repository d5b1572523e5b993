"""Finds objects: by the id in the path (404) or in a parameter (400), and in lists; merges parameters."""

from __future__ import annotations

from dataclasses import replace

from stripe_standin.errors import StripeError, missing_object
from stripe_standin.json_types import Json
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.store.objects import Page

PATH_PARAM = {"payment_intent": "intent", "checkout.session": "session"}


def get_from_path(call: Call, kind: str) -> Json:
    """The object whose id is in the path."""
    found = objects.find(call.database, kind, call.object_id)
    if found is None:
        raise missing_object(kind, call.object_id, param=PATH_PARAM.get(kind, "id"))
    return found


def get_from_parameter(call: Call, kind: str, param: str) -> Json:
    """The object whose id is in a parameter."""
    object_id = call.params[param]
    found = objects.find(call.database, kind, object_id)
    if found is None:
        raise missing_object(kind, object_id, param=param, status=400)
    return found


def get_by_id(call: Call, kind: str, object_id: str) -> Json:
    """The object with this id."""
    found = objects.find(call.database, kind, object_id)
    if found is None:
        raise missing_object(kind, object_id)
    return found


def list_objects(call: Call, kind: str, url: str, *, equal: tuple[str, ...] = (), topics: tuple[str, ...] = ()) -> Json:
    """One page of a list, filtered by the parameters."""
    return list_page_of(call, kind, url, Page(equal=equality_filters(call, equal), topics=topics))


def equality_filters(call: Call, names: tuple[str, ...]) -> Json:
    """The columns for which the parameters give a value."""
    return {name: call.params[name] for name in names if call.params.get(name)}


def list_page_of(call: Call, kind: str, url: str, filters: Page) -> Json:
    """One page of the filtered list, with the limit and the cursor of the parameters."""
    params = call.params
    check_cursors(call, kind)
    page = replace(
        filters,
        limit=params.get("limit", 10),
        created=params.get("created") or {},
        starting_after=params.get("starting_after"),
        ending_before=params.get("ending_before"),
    )
    data, has_more = objects.list_page(call.database, kind, page)
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def check_cursors(call: Call, kind: str) -> None:
    """Reject an unknown cursor, or two cursors."""
    cursors = [name for name in ("starting_after", "ending_before") if name in call.params]
    if len(cursors) > 1:
        message = "You cannot parameterize both starting_after and ending_before."
        raise StripeError(message, param="ending_before")
    for cursor in cursors:
        get_from_parameter(call, kind, cursor)


def merge_metadata(stored: Json, given: Json | None) -> Json:
    """Merge metadata: an empty value removes its key, None removes all keys."""
    if given is None:
        return {}
    return {key: value for key, value in (stored | given).items() if value != ""}


def apply_parameters(stored: Json, params: Json, names: tuple[str, ...]) -> Json:
    """Set the named fields from the parameters; an empty string unsets a field; metadata is merged."""
    changed = {name: params[name] if params[name] != "" else None for name in names if name in params}
    if "metadata" in params:
        changed["metadata"] = merge_metadata(stored["metadata"], params["metadata"])
    return stored | changed
