"""The pages for people: the home page with the payments, and the page of 3-D Secure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from stripe_standin.errors import StripeError
from stripe_standin.http.about import about
from stripe_standin.http.dashboard import payments, show_payment, show_webhooks
from stripe_standin.http.forms import parse_form
from stripe_standin.http.layout import page
from stripe_standin.http.tools import tools, use_tool
from stripe_standin.json_types import Json
from stripe_standin.money import format_amount
from stripe_standin.resources.confirmation import finish_authentication
from stripe_standin.standin import Standin, new_call
from stripe_standin.store import objects
from stripe_standin.store.transaction import transaction

MAX_FORM = 64 * 1024
Handler = Callable[[Request], Awaitable[Response]]


def page_routes(standin: Standin) -> list[Route]:
    """The routes of the pages."""
    return [
        Route("/", home(standin), methods=["GET"]),
        Route("/payments/{intent}", partial(show_payment, standin), methods=["GET"]),
        Route("/webhooks", partial(show_webhooks, standin), methods=["GET"]),
        Route("/tools/faults", partial(use_tool, standin), methods=["POST"]),
        Route("/tools/clock", partial(use_tool, standin), methods=["POST"]),
        Route("/receipts/{token}", receipt, methods=["GET"]),
        Route("/3ds/{intent}/{token}", authentication(standin), methods=["GET", "POST"]),
    ]


def home(standin: Standin) -> Handler:
    """The home page: what the stand-in is, and its newest payments."""

    async def handle(_: Request) -> Response:
        body = introduction(standin) + payments(standin) + tools(standin) + about()
        return page("Stripe stand-in", body)

    return handle


def introduction(standin: Standin) -> str:
    """What the stand-in is and where its webhooks go."""
    target = escape(standin.config.webhook_url) or "nowhere (no built-in endpoint is set)"
    return (
        '<p class="note">This is not Stripe. It is a local stand-in with the same API for trying payments without an '
        "account. Cards are not real and no money moves.</p>"
        f"<p>Servers use the secret key and browsers the publishable key "
        f"<code>{escape(standin.config.publishable_key)}</code>. Webhooks go to <code>{target}</code>. "
        "<code>GET /_control/ledger</code> returns the amounts of every payment.</p>"
        '<p><a href="/webhooks">Webhooks, and whether they were accepted</a></p>'
    )


async def receipt(_: Request) -> Response:
    """The page of a receipt URL."""
    return page("Receipt", "<p>Stripe shows a receipt here.</p>")


def authentication(standin: Standin) -> Handler:
    """The bank's page on which the buyer approves or declines the payment."""

    async def handle(request: Request) -> Response:
        intent = objects.find(standin.database, "payment_intent", request.path_params["intent"])
        action = intent and intent["next_action"]
        if intent is None or not action or not action["redirect_to_url"]["url"].endswith(request.url.path):
            return page("Nothing to approve", "<p>This payment does not wait for approval.</p>", status=404)
        if request.method == "GET":
            return approval_page(intent)
        outcome = await read_outcome(request)
        if outcome not in ("approve", "decline"):
            return page(
                "Approve or decline", "<p>Send <code>outcome=approve</code> or <code>decline</code>.</p>", status=400
            )
        call = new_call(standin)
        with transaction(standin.database):
            finished = finish_authentication(call, intent, approved=outcome == "approve")
        standin.deliveries_pending.set()
        return redirect_to_shop(finished, action["redirect_to_url"]["return_url"])

    return handle


def approval_page(intent: Json) -> Response:
    """The page that asks for approval."""
    amount = escape(format_amount(intent["amount"], intent["currency"]))
    return page(
        "Approve the payment",
        f"<p>Do you want to pay <strong>{amount}</strong>?</p><form method=post>"
        "<button name=outcome value=approve>Approve</button>"
        "<button class=no name=outcome value=decline>Decline</button></form>",
    )


async def read_outcome(request: Request) -> str:
    """The outcome in the form or in the query string."""
    body = await request.body()
    try:
        form = parse_form(body[:MAX_FORM].decode(errors="replace"))
    except StripeError:
        form = {}
    return str(form.get("outcome") or request.query_params.get("outcome", ""))


def redirect_to_shop(intent: Json, return_url: str | None) -> Response:
    """Redirect to the return URL, with the parameters that Stripe adds."""
    is_paid = intent["status"] == "succeeded"
    if not return_url:
        message = "The payment is approved." if is_paid else "The payment is declined."
        return page("Done", f"<p>{message} You can close this page.</p>")
    added = urlencode({
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if is_paid else "failed",
    })  # fmt: skip
    return RedirectResponse(f"{return_url}{'&' if '?' in return_url else '?'}{added}", 303)
