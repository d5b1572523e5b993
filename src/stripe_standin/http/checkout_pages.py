"""The hosted page of a Checkout Session: the basket, a card, and back to the shop."""

from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from stripe_standin.errors import StripeError
from stripe_standin.http.forms import read_form
from stripe_standin.http.layout import page, table
from stripe_standin.money import display
from stripe_standin.resources.checkout_sessions import pay_session
from stripe_standin.standin import Standin, new_call
from stripe_standin.store import objects
from stripe_standin.store.transaction import transaction
from stripe_standin.vocabulary import Json

MAX_FORM = 64 * 1024
CARD_FIELDS = ("number", "payment_method")
Handler = Callable[[Request], Awaitable[Response]]


def checkout_routes(standin: Standin) -> list[Route]:
    """The page of each session."""
    return [Route("/pay/{session}", checkout(standin), methods=["GET", "POST"])]


def checkout(standin: Standin) -> Handler:
    """Show the basket, or take the card that a person, or a program in their place, sends."""

    async def answer(request: Request) -> Response:
        session = objects.find(standin.database, "checkout.session", request.path_params["session"])
        if session is None:
            return page("No such session", "<p>This page does not exist.</p>", status=404)
        if session["status"] == "complete":
            return RedirectResponse(success_url(session), 303)
        if session["status"] == "expired":
            return page("This session has expired", way_back(session), status=410)
        if request.method == "GET":
            return basket(standin, session)
        try:
            form = read_form((await request.body())[:MAX_FORM].decode(errors="replace"))
            return pay(standin, session, form)
        except StripeError as refusal:
            return basket(standin, session, problem=refusal.error["message"], status=refusal.status)

    return answer


def pay(standin: Standin, session: Json, form: Json) -> Response:
    """Try to take the money; a declined attempt is stored before its refusal is shown."""
    call = new_call(standin)
    card = {name: str(form[name]) for name in CARD_FIELDS if form.get(name)}
    declined: StripeError | None = None
    intent: Json = {}
    with transaction(standin.database):
        try:
            intent = pay_session(call, session, card, email=str(form["email"]) if form.get("email") else None)
        except StripeError as refusal:
            if not refusal.keep:
                raise
            declined = refusal
    standin.deliveries_owed.set()
    if declined is not None:
        raise declined
    if intent["status"] == "requires_action":
        return RedirectResponse(intent["next_action"]["redirect_to_url"]["url"], 303)
    return RedirectResponse(success_url(session), 303)


def basket(standin: Standin, session: Json, *, problem: str = "", status: int = 200) -> Response:
    """What is bought, what it costs, and the form for the card."""
    items = objects.hidden(standin.database, session["id"])["line_items"]
    rows = [
        (item["description"], str(item["quantity"]), display(item["amount_total"], item["currency"])) for item in items
    ]
    total = escape(display(session["amount_total"], session["currency"]))
    email = escape(session["customer_email"] or "", quote=True)
    refused = f'<p class="bad" role="alert">{escape(problem)}</p>' if problem else ""
    body = (
        '<p class="note">A stand-in for Stripe Checkout: no card is real, no money moves.</p>'
        + table(("Item", "Quantity", "Amount"), rows)
        + f"<p>Total: <strong>{total}</strong></p>{refused}<form method=post>"
        f'<label>E-mail <input name=email type=email value="{email}"></label>'
        "<label>Card number <input name=number value='4242 4242 4242 4242' inputmode=numeric></label>"
        f"<button>Pay {total}</button></form>" + way_back(session)
    )
    return page("Checkout", body, status=status)


def way_back(session: Json) -> str:
    """A link to where the shop wants people who do not pay."""
    url = session["cancel_url"] or ""
    return f'<p><a href="{escape(url, quote=True)}">Back to the shop</a></p>' if url.startswith("http") else ""


def success_url(session: Json) -> str:
    """Where a paid session leads, with its id where the shop wants it."""
    wanted: str = session["success_url"]
    return wanted.replace("{CHECKOUT_SESSION_ID}", session["id"])
