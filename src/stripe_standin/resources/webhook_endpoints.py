"""Webhook endpoints: created, read, changed, deleted, listed."""

from __future__ import annotations

import secrets

from stripe_standin.errors import StripeError
from stripe_standin.ids import new_id
from stripe_standin.json_types import Json
from stripe_standin.resources.lookup import apply_parameters, get_from_path, list_objects
from stripe_standin.standin import Call
from stripe_standin.store import deliveries, objects


def create_webhook_endpoint(call: Call) -> Json:
    """Create an endpoint; only this response contains its signing secret."""
    endpoint = {
        "id": new_id("we"),
        "object": "webhook_endpoint",
        "api_version": call.params.get("api_version"),
        "application": None,
        "created": call.now,
        "description": call.params.get("description") or None,
        "enabled_events": call.params["enabled_events"],
        "livemode": False,
        "metadata": call.params.get("metadata") or {},
        "status": "enabled",
        "url": checked_url(call.params["url"]),
    }
    secret = f"whsec_{secrets.token_hex(24)}"
    objects.save(call.database, endpoint, hidden={"secret": secret})
    return endpoint | {"secret": secret}


def retrieve_webhook_endpoint(call: Call) -> Json:
    return get_from_path(call, "webhook_endpoint")


def update_webhook_endpoint(call: Call) -> Json:
    """Change the URL or the events of an endpoint, or disable it."""
    endpoint = apply_parameters(get_from_path(call, "webhook_endpoint"), call.params, ("description",))
    if "enabled_events" in call.params:
        endpoint["enabled_events"] = call.params["enabled_events"]
    if "url" in call.params:
        endpoint["url"] = checked_url(call.params["url"])
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    objects.save(call.database, endpoint)
    return endpoint


def delete_webhook_endpoint(call: Call) -> Json:
    """Delete an endpoint and its pending deliveries."""
    endpoint = get_from_path(call, "webhook_endpoint")
    deleted = {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
    objects.save(call.database, deleted, kind="deleted.webhook_endpoint")
    deliveries.delete_target(call.database, endpoint["id"])
    return deleted


def list_webhook_endpoints(call: Call) -> Json:
    return list_objects(call, "webhook_endpoint", "/v1/webhook_endpoints")


def checked_url(url: str) -> str:
    """The URL; rejects one without http or https."""
    if not url.startswith(("http://", "https://")):
        message = "Invalid URL: An explicit scheme (such as https) must be provided."
        raise StripeError(message, code="url_invalid", param="url")
    return url
