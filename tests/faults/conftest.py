"""A separate system for tests that break things: API, worker and a Stripe that delivers webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.stripe_standin import StripeStandin, free_port, start_stripe_standin
from tests.support.system import System


@pytest.fixture
def calling_stripe(tmp_path: Path) -> Iterator[tuple[StripeStandin, int]]:
    """A stand-in that delivers its webhooks to the port that the API will listen on."""
    port = free_port()
    standin = start_stripe_standin(tmp_path / "stripe", f"http://127.0.0.1:{port}/api/v1/payments/webhook")
    yield standin, port
    standin.stop()


@pytest.fixture
def system(
    environment: dict[str, str], calling_stripe: tuple[StripeStandin, int], tmp_path: Path, clean: None
) -> Iterator[System]:
    standin, port = calling_stripe
    stripe = {
        "STRIPE_SECRET_KEY": standin.secret_key,
        "STRIPE_PUBLISHABLE_KEY": standin.publishable_key,
        "STRIPE_WEBHOOK_SECRET": standin.webhook_secret,
        "STRIPE_API_BASE": standin.url,
        "STRIPE_TIMEOUT_SECONDS": "8",
        "LOG_LEVEL": "INFO",
    }
    started = System(environment | stripe, tmp_path, port=port)
    started.start("serve")
    started.start("worker")
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.stop()
