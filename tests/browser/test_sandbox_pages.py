"""The pages of the sandbox in Chromium: the mailbox, the stand-in for Stripe; in both themes and widths."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.support.chromium import open_chromium
from tests.support.looking import assert_accessible, go, type_into
from tests.support.mailbox import Mailbox, start_mailbox
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin, start_stripe_standin

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Mailbox]:
    running = start_mailbox(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def stripe(tmp_path: Path) -> Iterator[StripeStandin]:
    running = start_stripe_standin(tmp_path / "stripe")
    yield running
    running.stop()


def send(inbox: Mailbox, to: str, subject: str) -> None:
    message = {
        "personalizations": [{"to": [{"email": to}]}],
        "from": {"email": "school@example.com", "name": "School"},
        "subject": subject,
        "content": [
            {"type": "text/plain", "value": "Hello,\n" + "w" * 200},
            {"type": "text/html", "value": "<p>Hello</p><p><a href='http://127.0.0.1:1/'>Open</a></p>"},
        ],
        "headers": {"X-Message-Key": "welcome:1"},
    }
    key = {"Authorization": f"Bearer {inbox.api_key}"}
    answer = httpx.post(f"{inbox.url}/v3/mail/send", json=message, headers=key, **PLAIN)
    assert answer.status_code == 202, answer.text


async def test_the_mailbox_brings_new_emails_without_touching_what_is_typed(inbox: Mailbox, tmp_path: Path) -> None:
    send(inbox, "anna@example.com", "Your receipt " + "W" * 80)
    async with open_chromium(tmp_path / "profile") as page:
        await go(page, inbox.url)
        await assert_accessible(page)
        await type_into(page, "search", "bob")
        await page.until("document.querySelectorAll('.emails li').length === 0", 10)
        await asyncio.to_thread(send, inbox, "bob@example.com", "Welcome")
        await page.until("document.querySelectorAll('.emails li').length === 1", 10)
        assert await page.run("document.querySelector('[name=search]').value") == "bob"
        assert await page.run("document.activeElement.name") == "search"
        await page.run("document.querySelector('.emails a').click()")
        await page.until("location.pathname.startsWith('/messages/') && document.readyState === 'complete'", 10)
        await assert_accessible(page)


async def test_the_pages_of_the_stand_in_are_accessible(stripe: StripeStandin, tmp_path: Path) -> None:
    intent = await asyncio.to_thread(pay, stripe)
    async with open_chromium(tmp_path / "profile") as page:
        for path in ("/", f"/payments/{intent}", "/webhooks"):
            await go(page, stripe.url + path)
            await assert_accessible(page)
        await go(page, stripe.url)
        await page.run("document.querySelector('button[value=slow]').click()")
        await page.until(
            "document.readyState === 'complete' && document.body.innerText.includes('Now: Answer after')", 20
        )
        assert stripe.control("GET", "faults")["latency"] == 3.0


def pay(stripe: StripeStandin) -> str:
    form = {
        "amount": "4900",
        "currency": "usd",
        "description": "Rust in practice " + "W" * 80,
        "payment_method": "pm_card_visa",
        "confirm": "true",
        "return_url": "http://127.0.0.1:1/",
    }
    paid = httpx.post(f"{stripe.url}/v1/payment_intents", data=form, auth=(stripe.secret_key, ""), **PLAIN)
    return str(paid.json()["id"])
