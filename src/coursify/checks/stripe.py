"""Stripe: the key, the endpoint that receives our webhooks, and the clock that its signatures depend on."""

from __future__ import annotations

from coursify.checks.models import Finding, Installation, failure, ok, warning
from coursify.integrations.own_address import find_obstacle
from coursify.integrations.stripe_account import Account, Endpoint, StripeNotUsable, ask_account

CHECK, WEBHOOK, CLOCK = "stripe", "webhook", "clock"
PATH = "/api/v1/payments/webhook"
# Signatures are accepted for five minutes.
MOST_CLOCK_SECONDS = 60.0


async def check_stripe(installation: Installation) -> list[Finding]:
    settings = installation.settings
    url = settings.app.public_url + PATH
    try:
        account = await ask_account(settings.stripe)
    except StripeNotUsable as error:
        fix = "Take the keys from Stripe's dashboard (Developers, API keys), and let this machine reach Stripe."
        return [failure(CHECK, f"{error}.", fix)]
    mode = "live" if settings.stripe.is_live else "test"
    return [
        ok(CHECK, f"Stripe answers, in {mode} mode."),
        _judge_clock(account.clock_seconds),
        _judge_endpoints(account, url, environment=settings.app.environment),
        await _reach(url),
    ]


def _judge_clock(seconds: float) -> Finding:
    if abs(seconds) > MOST_CLOCK_SECONDS:
        sentence = f"The clock of this machine differs from Stripe's by {abs(seconds):.0f} s: webhooks are refused."
        return failure(CLOCK, sentence, "Run a time service such as chrony or systemd-timesyncd.")
    return ok(CLOCK, "The clock of this machine agrees with Stripe's.")


def _judge_endpoints(account: Account, url: str, *, environment: str) -> Finding:
    if account.endpoints is None:
        fix = "Look at Developers, Webhooks in Stripe's dashboard, or allow the key to read webhook endpoints."
        return warning(WEBHOOK, "The key may not list webhook endpoints.", fix)
    ours = [endpoint for endpoint in account.endpoints if endpoint.url == url]
    if not ours and environment == "sandbox":
        return ok(WEBHOOK, "The stand-in sends events to the address that it was started with.")
    if not ours:
        known = ", ".join(endpoint.url for endpoint in account.endpoints[:3]) or "none"
        fix = f"Add an endpoint with the address {url} in Stripe's dashboard (Developers, Webhooks)."
        return failure(WEBHOOK, f"Stripe has no endpoint with the address of PUBLIC_URL; it has {known}.", fix)
    return _judge_endpoint(next((endpoint for endpoint in ours if endpoint.is_enabled), ours[0]))


def _judge_endpoint(endpoint: Endpoint) -> Finding:
    if not endpoint.is_enabled:
        return failure(WEBHOOK, "The webhook endpoint is disabled at Stripe.", "Enable it in Stripe's dashboard.")
    if endpoint.missing_types:
        sentence = f"The webhook endpoint does not receive {', '.join(endpoint.missing_types)}."
        return failure(WEBHOOK, sentence, "Select these events for it in Stripe's dashboard.")
    return ok(WEBHOOK, f"Stripe sends every event that is needed to {endpoint.url}.")


async def _reach(url: str) -> Finding:
    obstacle = await find_obstacle(url)
    if obstacle is None:
        return ok(WEBHOOK, f"{url} answers and asks for a signature.")
    return warning(
        WEBHOOK,
        f"From this machine {url} is not reached: {obstacle}.",
        "Start `coursify serve` and the proxy in front, and check DNS, firewall, certificate and PUBLIC_URL.",
    )
