"""What an operator has set up at Stripe: whether the key works, and the endpoints that receive events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import stripe
from stripe import StripeClient

from coursify.core.settings import StripeSettings
from coursify.integrations.stripe_facts import EVENT_TYPES

MOST_ENDPOINTS = 100


class StripeNotUsable(Exception):
    """The message says why, without any part of a key."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`missing_types`: the events about money that it does not receive."""

    url: str
    is_enabled: bool
    missing_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """`endpoints` is None when the key may not list them; `clock_seconds`: how far Stripe's clock is ahead of ours."""

    endpoints: tuple[Endpoint, ...] | None
    clock_seconds: float


async def ask_account(settings: StripeSettings) -> Account:
    """Raises StripeNotUsable."""
    http = stripe.HTTPXClient(timeout=settings.stripe_timeout_seconds, allow_sync_methods=True)
    client = StripeClient(
        settings.stripe_secret_key.get_secret_value(),
        base_addresses={"api": settings.stripe_api_base},
        http_client=http,
        max_network_retries=1,
    )
    try:
        try:
            listed = await client.v1.webhook_endpoints.list_async({"limit": MOST_ENDPOINTS})
        except stripe.PermissionError:
            # A restricted key that may not read endpoints is enough for payments.
            intents = await client.v1.payment_intents.list_async({"limit": 1})
            return Account(None, _ahead(intents.last_response))
        return Account(tuple(_read(endpoint.to_dict()) for endpoint in listed.data), _ahead(listed.last_response))
    except stripe.AuthenticationError as error:
        raise StripeNotUsable("Stripe does not know the key of STRIPE_SECRET_KEY") from error
    except stripe.PermissionError as error:
        raise StripeNotUsable("the key of STRIPE_SECRET_KEY may not read payments") from error
    except stripe.APIConnectionError as error:
        raise StripeNotUsable(f"nothing answers at {settings.stripe_api_base}") from error
    except stripe.StripeError as error:
        raise StripeNotUsable(f"Stripe answered {error.http_status or type(error).__name__}") from error
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]  # untyped in the SDK


def _read(endpoint: dict[str, object]) -> Endpoint:
    received = endpoint.get("enabled_events")
    types = frozenset(received) if isinstance(received, list) else frozenset()
    missing = () if "*" in types else tuple(sorted(EVENT_TYPES - types))
    return Endpoint(str(endpoint.get("url")), endpoint.get("status") == "enabled", missing)


def _ahead(response: stripe.StripeResponse | None) -> float:
    """The header has whole seconds. A response without a readable one says nothing about the clock."""
    try:
        told = parsedate_to_datetime(response.headers["date"] if response else "")
    except (KeyError, ValueError):
        return 0.0
    return (told.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()
