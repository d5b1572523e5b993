"""Faults and time as buttons, for trying what happens when Stripe is slow, deaf or later."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_standin.control import routes, runtime
from stripe_standin.errors import StripeError
from stripe_standin.http.forms import parse_form
from stripe_standin.http.layout import page
from stripe_standin.json_types import Json
from stripe_standin.standin import Standin, new_call
from stripe_standin.store.transaction import transaction

MAX_FORM = 4 * 1024
FAULTS: dict[str, tuple[str, Json]] = {
    "none": ("No faults", {}),
    "drop": ("Lose every webhook", {"drop": 1.0}),
    "duplicate": ("Send each webhook three times", {"duplicate": 2}),
    "shuffle": ("Send webhooks in a random order", {"shuffle": True}),
    "slow": ("Answer after three seconds", {"latency": 3.0}),
    "error": ("Answer 500 to every call", {"server_error": 1.0}),
    "unanswered": ("Do what is asked, and do not answer", {"applied_unanswered": 1.0}),
}
STEPS = {"hour": ("One hour later", 3_600), "day": ("One day later", 86_400), "month": ("31 days later", 2_678_400)}


def tools(standin: Standin) -> str:
    """The forms, and what is set now."""
    active = standin.faults.as_json()
    name = next((label for label, given in FAULTS.values() if _is_active(given, active)), "Faults of the control API")
    ahead = timedelta(seconds=int(standin.clock.offset()))
    faults = "".join(_button(key, label) for key, (label, _given) in FAULTS.items())
    steps = "".join(_button(key, label) for key, (label, _seconds) in STEPS.items())
    return (
        f"<h2>Faults</h2><p>Now: <strong>{escape(name)}</strong>.</p>"
        f'<form method="post" action="/tools/faults">{faults}</form>'
        f"<h2>Time</h2><p>The clock is {escape(str(ahead))} ahead of real time. It only goes forward.</p>"
        f'<form method="post" action="/tools/clock">{steps}</form>'
    )


async def use_tool(standin: Standin, request: Request) -> Response:
    """Set the faults, or move the clock, that a button names; then show the home page."""
    try:
        routes.reject_other_origins(request)
        form = parse_form((await request.body())[:MAX_FORM].decode(errors="replace"))
    except StripeError as error:
        return page("Not allowed", f"<p>{escape(str(error.error.get('message', '')))}</p>", status=error.status)
    chosen = str(form.get("choice", ""))
    call = new_call(standin)
    with transaction(standin.database):
        if request.url.path == "/tools/faults" and chosen in FAULTS:
            call.params = FAULTS[chosen][1]
            runtime.set_faults(call)
        elif request.url.path == "/tools/clock" and chosen in STEPS:
            call.params = {"advance_seconds": STEPS[chosen][1]}
            runtime.set_clock(call)
        else:
            return page("Unknown button", '<p><a href="/">All payments</a></p>', status=400)
    standin.deliveries_pending.set()
    return RedirectResponse("/", 303)


def _button(value: str, label: str) -> str:
    return f'<button class="plain" name="choice" value="{escape(value)}">{escape(label)}</button>'


def _is_active(given: Json, active: Json) -> bool:
    on = {name: value for name, value in active.items() if value}
    return on == given
