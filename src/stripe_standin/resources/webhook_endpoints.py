"""Webhook endpoints that were registered through the API."""

import secrets

from stripe_standin.errors import StripeError
from stripe_standin.ids import new_id
from stripe_standin.resources.finding import apply, get, list_of
from stripe_standin.standin import Call
from stripe_standin.store import deliveries, objects
from stripe_standin.vocabulary import Json


def create_webhook_endpoint(call: Call) -> Json:
    """A new endpoint; its signing secret is told here and never again."""
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
    objects.put(call.database, endpoint, hidden={"secret": secret})
    return endpoint | {"secret": secret}


def retrieve_webhook_endpoint(call: Call) -> Json:
    """One endpoint, without its secret."""
    return get(call, "webhook_endpoint")


def update_webhook_endpoint(call: Call) -> Json:
    """Change where an endpoint is, what it hears, or whether it hears anything."""
    endpoint = apply(get(call, "webhook_endpoint"), call.params, ("description",))
    if "enabled_events" in call.params:
        endpoint["enabled_events"] = call.params["enabled_events"]
    if "url" in call.params:
        endpoint["url"] = checked_url(call.params["url"])
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    objects.put(call.database, endpoint)
    return endpoint


def delete_webhook_endpoint(call: Call) -> Json:
    """Remove an endpoint and what it is still owed."""
    endpoint = get(call, "webhook_endpoint")
    deleted = {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
    objects.put(call.database, deleted, kind="deleted.webhook_endpoint")
    deliveries.forget_target(call.database, endpoint["id"])
    return deleted


def list_webhook_endpoints(call: Call) -> Json:
    """Endpoints, newest first."""
    return list_of(call, "webhook_endpoint", "/v1/webhook_endpoints")


def checked_url(url: str) -> str:
    """A URL that webhooks can be sent to."""
    if not url.startswith(("http://", "https://")):
        message = "Invalid URL: An explicit scheme (such as https) must be provided."
        raise StripeError(message, code="url_invalid", param="url")
    return url
