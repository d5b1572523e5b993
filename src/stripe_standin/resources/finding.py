"""Objects by id: in the path (404) or named by a parameter (400)."""

from dataclasses import replace

from stripe_standin.errors import StripeError, no_such
from stripe_standin.standin import Call
from stripe_standin.store import objects
from stripe_standin.store.objects import Page
from stripe_standin.vocabulary import Json

PATH_PARAM = {"payment_intent": "intent", "checkout.session": "session"}


def get(call: Call, kind: str) -> Json:
    """The object that the path names."""
    found = objects.find(call.database, kind, call.object_id)
    if found is None:
        raise no_such(kind, call.object_id, param=PATH_PARAM.get(kind, "id"))
    return found


def get_named(call: Call, kind: str, param: str) -> Json:
    """The object that a parameter names."""
    named = call.params[param]
    found = objects.find(call.database, kind, named)
    if found is None:
        raise no_such(kind, named, param=param, status=400)
    return found


def must_find(call: Call, kind: str, object_id: str) -> Json:
    """An object that another one points at."""
    found = objects.find(call.database, kind, object_id)
    if found is None:
        raise no_such(kind, object_id)
    return found


def list_of(call: Call, kind: str, url: str, *, equal: tuple[str, ...] = (), topics: tuple[str, ...] = ()) -> Json:
    """One page of a list, with the filters that the parameters hold."""
    return page_of(call, kind, url, Page(equal=equal_to(call, equal), topics=topics))


def equal_to(call: Call, names: tuple[str, ...]) -> Json:
    """The columns that the parameters fix."""
    return {name: call.params[name] for name in names if call.params.get(name)}


def page_of(call: Call, kind: str, url: str, wanted: Page) -> Json:
    """One page of what is wanted, of the length and at the place that the parameters name."""
    params = call.params
    check_cursors(call, kind)
    page = replace(
        wanted,
        limit=params.get("limit", 10),
        created=params.get("created") or {},
        starting_after=params.get("starting_after"),
        ending_before=params.get("ending_before"),
    )
    data, has_more = objects.list_page(call.database, kind, page)
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def check_cursors(call: Call, kind: str) -> None:
    """Refuse a cursor that names nothing, or two of them at once."""
    cursors = [name for name in ("starting_after", "ending_before") if name in call.params]
    if len(cursors) > 1:
        message = "You cannot parameterize both starting_after and ending_before."
        raise StripeError(message, param="ending_before")
    for cursor in cursors:
        get_named(call, kind, cursor)


def merge_metadata(stored: Json, given: Json | None) -> Json:
    """Stored keys overwritten by given ones; an empty value removes its key, None removes all."""
    if given is None:
        return {}
    return {key: value for key, value in (stored | given).items() if value != ""}


def apply(stored: Json, params: Json, names: tuple[str, ...]) -> Json:
    """The object with the named plain fields set from the parameters, empty ones unset, and metadata merged."""
    changed = {name: params[name] if params[name] != "" else None for name in names if name in params}
    if "metadata" in params:
        changed["metadata"] = merge_metadata(stored["metadata"], params["metadata"])
    return stored | changed
