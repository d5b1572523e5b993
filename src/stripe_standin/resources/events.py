"""Events: read, listed."""

from __future__ import annotations

from stripe_standin.errors import StripeError
from stripe_standin.json_types import Json
from stripe_standin.resources.lookup import get_from_path, list_page_of
from stripe_standin.standin import Call
from stripe_standin.store import deliveries
from stripe_standin.store.objects import Page


def retrieve_event(call: Call) -> Json:
    return with_pending_webhooks(call, get_from_path(call, "event"))


def list_events(call: Call) -> Json:
    """List events of one type, of several types, or of a group such as `charge.*`."""
    one, several = call.params.get("type"), call.params.get("types")
    if one and several:
        message = "You may only specify one of these parameters: type, types."
        raise StripeError(message, param="types")
    filters = Page(topics=tuple(several or ()), topic_like=one or None, delivered=call.params.get("delivery_success"))
    page = list_page_of(call, "event", "/v1/events", filters)
    return page | {"data": [with_pending_webhooks(call, event) for event in page["data"]]}


def with_pending_webhooks(call: Call, event: Json) -> Json:
    """The event with the number of targets that have not accepted it yet."""
    return event | {"pending_webhooks": deliveries.count_pending_of_event(call.database, event["id"])}
