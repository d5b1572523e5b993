"""The pages for people: what the stand-in is and holds, and the bank's question of 3-D Secure."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from stripe_standin.errors import StripeError
from stripe_standin.http.about import about
from stripe_standin.http.forms import read_form
from stripe_standin.http.layout import page, table
from stripe_standin.money import display
from stripe_standin.resources.confirming import settle_authentication
from stripe_standin.standin import Standin, new_call
from stripe_standin.store import objects
from stripe_standin.store.objects import Page
from stripe_standin.store.transaction import transaction
from stripe_standin.vocabulary import Json

SHOWN = 50
MAX_FORM = 64 * 1024
Handler = Callable[[Request], Awaitable[Response]]


def page_routes(standin: Standin) -> list[Route]:
    """The pages and where they are."""
    return [
        Route("/", home(standin), methods=["GET"]),
        Route("/receipts/{token}", receipt, methods=["GET"]),
        Route("/3ds/{intent}/{token}", authentication(standin), methods=["GET", "POST"]),
    ]


def home(standin: Standin) -> Handler:
    """The page that says what this is and which payments it has."""

    async def answer(_: Request) -> Response:
        intents, more = objects.list_page(standin.database, "payment_intent", Page(limit=SHOWN))
        rows = [row_of(intent) for intent in intents]
        return page("Stripe stand-in", introduction(standin) + payments(rows, more=more) + about())

    return answer


def introduction(standin: Standin) -> str:
    """What this is, for someone who has never seen it."""
    target = escape(standin.config.webhook_url) or "nowhere (no built-in endpoint is set)"
    return (
        '<p class="note">This is not Stripe. It is a small program on this machine that answers as Stripe\'s API does, '
        "so that payments can be tried without an account. No money moves and no card is real.</p>"
        f"<p>It speaks to servers with the secret key and to browsers with the publishable key "
        f"<code>{escape(standin.config.publishable_key)}</code>. Webhooks go to <code>{target}</code>. Programs find "
        "the truth about money at <code>GET /_control/ledger</code>.</p>"
    )


def payments(rows: list[tuple[str, ...]], *, more: bool) -> str:
    """The newest payments and their state."""
    if not rows:
        return "<h2>Payments</h2><p>None yet.</p>"
    shown = f"<p>The newest {SHOWN}.</p>" if more else ""
    return f"<h2>Payments</h2>{shown}" + table(("When", "Payment", "Amount", "State", "Customer", "About"), rows)


def row_of(intent: Json) -> tuple[str, ...]:
    """One payment as people read it."""
    when = datetime.fromtimestamp(intent["created"], UTC).strftime("%Y-%m-%d %H:%M")
    error = intent["last_payment_error"]
    state = intent["status"] if error is None else f"{intent['status']} ({error.get('decline_code') or error['code']})"
    about = intent["description"] or ", ".join(f"{key}={value}" for key, value in intent["metadata"].items())
    amount = display(intent["amount"], intent["currency"])
    return when, intent["id"], amount, state, intent["customer"] or "", about[:80]


async def receipt(_: Request) -> Response:
    """Where a charge's receipt URL leads."""
    return page("Receipt", "<p>A receipt by Stripe would stand here.</p>")


def authentication(standin: Standin) -> Handler:
    """The bank's page: its customer approves or declines, then goes back to the shop."""

    async def answer(request: Request) -> Response:
        intent = objects.find(standin.database, "payment_intent", request.path_params["intent"])
        action = intent and intent["next_action"]
        if intent is None or not action or not action["redirect_to_url"]["url"].endswith(request.url.path):
            return page("Nothing to approve", "<p>This question was answered already, or never asked.</p>", status=404)
        if request.method == "GET":
            return question(intent)
        outcome = await read_outcome(request)
        if outcome not in ("approve", "decline"):
            return page(
                "Approve or decline", "<p>Send <code>outcome=approve</code> or <code>decline</code>.</p>", status=400
            )
        call = new_call(standin)
        with transaction(standin.database):
            settled = settle_authentication(call, intent, approved=outcome == "approve")
        standin.deliveries_owed.set()
        return back_to_shop(settled, action["redirect_to_url"]["return_url"])

    return answer


def question(intent: Json) -> Response:
    """The question that a bank asks."""
    amount = escape(display(intent["amount"], intent["currency"]))
    return page(
        "Your bank asks",
        f"<p>Do you want to pay <strong>{amount}</strong>?</p><form method=post>"
        "<button name=outcome value=approve>Approve</button>"
        "<button class=no name=outcome value=decline>Decline</button></form>",
    )


async def read_outcome(request: Request) -> str:
    """What the person, or a program in their place, decided: in the form or in the query."""
    body = await request.body()
    try:
        form = read_form(body[:MAX_FORM].decode(errors="replace"))
    except StripeError:
        form = {}
    return str(form.get("outcome") or request.query_params.get("outcome", ""))


def back_to_shop(intent: Json, return_url: str | None) -> Response:
    """The way back, with what Stripe adds to the return URL."""
    paid = intent["status"] == "succeeded"
    if not return_url:
        said = "The payment is approved." if paid else "The payment is declined."
        return page("Thank you", f"<p>{said} You can close this page.</p>")
    added = urlencode({
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if paid else "failed",
    })  # fmt: skip
    return RedirectResponse(f"{return_url}{'&' if '?' in return_url else '?'}{added}", 303)
