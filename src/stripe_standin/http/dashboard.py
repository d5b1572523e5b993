"""The pages about payments and webhooks: one payment as a timeline, and which webhooks were accepted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from stripe_standin.http.layout import page, rows
from stripe_standin.http.states import describe_payment, title_of
from stripe_standin.json_types import Json
from stripe_standin.money import format_amount
from stripe_standin.standin import Standin
from stripe_standin.store import deliveries, objects
from stripe_standin.store.objects import Page

SHOWN = 50


def payments(standin: Standin) -> str:
    """The table of the newest payments."""
    intents, more = objects.list_page(standin.database, "payment_intent", Page(limit=SHOWN))
    if not intents:
        return "<h2>Payments</h2><p>None yet.</p>"
    shown = f"<p>The newest {SHOWN}.</p>" if more else ""
    lines = [
        (
            escape(time_of(intent)),
            f'<a href="/payments/{escape(intent["id"])}">{escape(title_of(intent)[:120])}</a>',
            escape(format_amount(intent["amount"], intent["currency"])),
            escape(describe_payment(standin.database, intent)),
            escape(buyer_of(standin.database, intent)),
        )
        for intent in intents
    ]
    return f"<h2>Payments</h2>{shown}" + rows(("Time", "Payment", "Amount", "State", "Buyer"), lines)


async def show_payment(standin: Standin, request: Request) -> Response:
    """One payment: what is known of it, and everything that happened, oldest first."""
    intent = objects.find(standin.database, "payment_intent", request.path_params["intent"])
    if intent is None:
        return page("Payment not found", '<p>There is no such payment. <a href="/">All payments</a></p>', status=404)
    facts = (
        ("Amount", format_amount(intent["amount"], intent["currency"])),
        ("State", describe_payment(standin.database, intent)),
        ("Buyer", buyer_of(standin.database, intent)),
        ("Id", intent["id"]),
    )
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    events = objects.list_about(standin.database, intent["id"], kind="event")
    body = f'<p><a href="/">All payments</a></p><dl>{listed}</dl><h2>Timeline</h2>{timeline(standin, events)}'
    return page(title_of(intent), body)


async def show_webhooks(standin: Standin, _request: Request) -> Response:
    """The newest events, and whether each was accepted."""
    events, _more = objects.list_page(standin.database, "event", Page(limit=SHOWN))
    waiting = deliveries.count_pending(standin.database)
    said = "Every webhook was accepted." if not waiting else f"{waiting} not accepted yet; they are sent again."
    body = f'<p><a href="/">All payments</a></p><p>{said}</p>{timeline(standin, events)}'
    return page("Webhooks", body)


def timeline(standin: Standin, events: Sequence[Json]) -> str:
    if not events:
        return "<p>Nothing has happened yet.</p>"
    lines = [
        (
            escape(time_of(event)),
            f"<code>{escape(event['type'])}</code>",
            escape(_amount_of(event["data"]["object"])),
            escape(_reception(standin, event)),
        )
        for event in events
    ]
    return rows(("Time", "What happened", "Amount", "Webhook"), lines)


def _reception(standin: Standin, event: Json) -> str:
    if not standin.config.webhook_url:
        return "no endpoint"
    return "waits" if deliveries.count_pending_of_event(standin.database, event["id"]) else "accepted"


def _amount_of(found: Json) -> str:
    return format_amount(found["amount"], found["currency"]) if "amount" in found and found.get("currency") else ""


def buyer_of(database: sqlite3.Connection, intent: Json) -> str:
    customer = objects.find(database, "customer", intent["customer"]) if intent["customer"] else None
    return str(intent["receipt_email"] or (customer and customer.get("email")) or "")


def time_of(found: Json) -> str:
    return datetime.fromtimestamp(found["created"], UTC).strftime("%Y-%m-%d %H:%M")
