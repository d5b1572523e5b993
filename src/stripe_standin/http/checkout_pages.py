"""The hosted page of a Checkout Session: the cart and the payment by card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from stripe_standin.errors import StripeError
from stripe_standin.http.forms import parse_form
from stripe_standin.http.layout import page, table
from stripe_standin.json_types import Json
from stripe_standin.money import format_amount
from stripe_standin.resources.checkout_sessions import pay_session
from stripe_standin.standin import Standin, new_call
from stripe_standin.store import objects
from stripe_standin.store.transaction import transaction

MAX_FORM = 64 * 1024
CARD_FIELDS = ("number", "payment_method")
Handler = Callable[[Request], Awaitable[Response]]


def checkout_routes(standin: Standin) -> list[Route]:
    """The route of the page."""
    return [Route("/pay/{session}", checkout(standin), methods=["GET", "POST"])]


def checkout(standin: Standin) -> Handler:
    """Show the cart, or pay with the card in the form."""

    async def handle(request: Request) -> Response:
        session = objects.find(standin.database, "checkout.session", request.path_params["session"])
        if session is None:
            return page("Session not found", "<p>This page does not exist.</p>", status=404)
        if session["status"] == "complete":
            return RedirectResponse(success_url(session), 303)
        if session["status"] == "expired":
            return page("This session has expired", shop_link(session), status=410)
        if request.method == "GET":
            return cart_page(standin, session)
        try:
            form = parse_form((await request.body())[:MAX_FORM].decode(errors="replace"))
            return pay(standin, session, form)
        except StripeError as error:
            return cart_page(standin, session, problem=error.error["message"], status=error.status)

    return handle


def pay(standin: Standin, session: Json, form: Json) -> Response:
    """Try to pay; a declined attempt is committed before its error is shown."""
    call = new_call(standin)
    card = {name: str(form[name]) for name in CARD_FIELDS if form.get(name)}
    declined: StripeError | None = None
    intent: Json = {}
    with transaction(standin.database):
        try:
            intent = pay_session(call, session, card, email=str(form["email"]) if form.get("email") else None)
        except StripeError as error:
            if not error.keeps_changes:
                raise
            declined = error
    standin.deliveries_pending.set()
    if declined is not None:
        raise declined
    if intent["status"] == "requires_action":
        return RedirectResponse(intent["next_action"]["redirect_to_url"]["url"], 303)
    return RedirectResponse(success_url(session), 303)


def cart_page(standin: Standin, session: Json, *, problem: str = "", status: int = 200) -> Response:
    """The page with the cart and the card form."""
    items = objects.read_hidden(standin.database, session["id"])["line_items"]
    rows = [
        (item["description"], str(item["quantity"]), format_amount(item["amount_total"], item["currency"]))
        for item in items
    ]
    total = escape(format_amount(session["amount_total"], session["currency"]))
    email = escape(session["customer_email"] or "", quote=True)
    error = f'<p class="bad" role="alert">{escape(problem)}</p>' if problem else ""
    body = (
        '<p class="note">This is a stand-in for Stripe Checkout. Cards are not real and no money moves.</p>'
        + table(("Item", "Quantity", "Amount"), rows)
        + f"<p>Total: <strong>{total}</strong></p>{error}<form method=post>"
        f'<label>Email <input name=email type=email value="{email}"></label>'
        "<label>Card number <input name=number value='4242 4242 4242 4242' inputmode=numeric></label>"
        f"<button>Pay {total}</button></form>" + shop_link(session)
    )
    return page("Checkout", body, status=status)


def shop_link(session: Json) -> str:
    """A link to the cancel URL of the session."""
    url = session["cancel_url"] or ""
    return f'<p><a href="{escape(url, quote=True)}">Back to the shop</a></p>' if url.startswith("http") else ""


def success_url(session: Json) -> str:
    """The success URL of the session, with its id."""
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])
