"""An Event: what happened, with the object at that time."""

from __future__ import annotations

from stripe_standin.ids import new_id
from stripe_standin.json_types import Json
from stripe_standin.version import API_VERSION


def new_event(
    event_type: str,
    about: Json,
    *,
    now: int,
    previous: Json | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
) -> Json:
    """An Event about an object; `previous` has the earlier values of the fields that an update changed."""
    data = {"object": about} if previous is None else {"object": about, "previous_attributes": previous}
    return {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": request_id, "idempotency_key": idempotency_key},
        "type": event_type,
    }
