"""The control door: JSON in, JSON out, for this machine only and not for web pages."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coursify.sandbox.stripe.control import importing, ledger
from coursify.sandbox.stripe.delivery import Deliverer, flush
from coursify.sandbox.stripe.errors import InvalidParameters, StripeError
from coursify.sandbox.stripe.faults import Faults, read_faults
from coursify.sandbox.stripe.resources import disputing, processing, refunds
from coursify.sandbox.stripe.resources.finding import must_find
from coursify.sandbox.stripe.standin import Call, new_call
from coursify.sandbox.stripe.store import deliveries
from coursify.sandbox.stripe.store.schema import empty_database
from coursify.sandbox.stripe.store.settings import write_setting
from coursify.sandbox.stripe.store.transaction import transaction
from coursify.sandbox.stripe.vocabulary import Json

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
REFUND_STATUSES = ("pending", "succeeded", "failed")
DISPUTE_STATUSES = (
    "needs_response",
    "under_review",
    "won",
    "lost",
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "prevented",
)
FLUSH_SECONDS = 10.0

Work = Callable[[Deliverer, Call], Json]
SlowWork = Callable[[Deliverer, Call], Awaitable[Json]]


def routes(deliverer: Deliverer) -> list[Route]:
    """Every path of the control door."""
    return [
        route(deliverer, "GET", "ledger", read_ledger),
        route(deliverer, "GET", "calls", get_calls),
        route(deliverer, "GET", "faults", get_faults),
        route(deliverer, "POST", "faults", set_faults),
        route(deliverer, "GET", "clock", get_clock),
        route(deliverer, "POST", "clock", set_clock),
        route(deliverer, "POST", "disputes", open_dispute),
        route(deliverer, "POST", "disputes/{id}", settle_dispute),
        route(deliverer, "POST", "refunds/{id}", settle_refund),
        route(deliverer, "POST", "payment_intents/{id}", settle_intent),
        route(deliverer, "POST", "import", import_history),
        route(deliverer, "POST", "reset", reset),
        Route("/_control/flush", slow_door(deliverer, flush_all), methods=["POST"]),
    ]


def route(deliverer: Deliverer, method: str, path: str, work: Work) -> Route:
    """One path whose work happens in one transaction."""

    async def at_once(deliverer: Deliverer, call: Call) -> Json:
        with transaction(call.database):
            answer = work(deliverer, call)
        deliverer.standin.deliveries_owed.set()
        return answer

    return Route(f"/_control/{path}", slow_door(deliverer, at_once), methods=[method])


def slow_door(deliverer: Deliverer, work: SlowWork) -> Callable[[Request], Awaitable[Response]]:
    """The way into the door: who is asking, what they sent, and the answer or the refusal as JSON."""

    async def answer(request: Request) -> Response:
        try:
            refuse_strangers(request)
            call = new_call(deliverer.standin)
            call.object_id = request.path_params.get("id", "")
            call.params = read_json(await request.body())
            body, status = await work(deliverer, call), 200
        except StripeError as refusal:
            body, status = {"error": refusal.error}, refusal.status
        return Response(orjson.dumps(body, option=orjson.OPT_INDENT_2), status, media_type="application/json")

    return answer


def refuse_strangers(request: Request) -> None:
    """Only programs on this machine: no other host name, and no page of another origin in a browser."""
    origin = request.headers.get("origin")
    own = f"http://{request.headers.get('host', '')}"
    if request.url.hostname not in LOCAL_NAMES or (origin is not None and origin != own):
        message = "The control door is for programs on this machine."
        raise StripeError(message, status=403)
    if origin is not None and urlsplit(origin).hostname not in LOCAL_NAMES:
        message = "The control door is not for web pages."
        raise StripeError(message, status=403)


def read_json(body: bytes) -> Json:
    """The JSON object of a body; nothing is an empty one."""
    try:
        given = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        message = f"The body is not JSON: {error}"
        raise InvalidParameters(message) from error
    if not isinstance(given, dict):
        message = "The body must be a JSON object."
        raise InvalidParameters(message)
    return given


def read_ledger(_: Deliverer, call: Call) -> Json:
    """The truth about money."""
    return ledger.read_ledger(call)


def get_calls(deliverer: Deliverer, _: Call) -> Json:
    """The last calls made with the secret key: what was asked, with its parameters, and how it was answered."""
    return {"calls": list(deliverer.standin.calls)}


def get_faults(deliverer: Deliverer, _: Call) -> Json:
    """The faults that are on."""
    return deliverer.standin.faults.as_json()


def set_faults(deliverer: Deliverer, call: Call) -> Json:
    """What is given replaces what stood, and survives restarts."""
    faults = read_faults(call.params)
    write_setting(call.database, "faults", call.params)
    deliverer.standin.faults = faults
    return faults.as_json()


def get_clock(_: Deliverer, call: Call) -> Json:
    """The stand-in's time and its distance from the real one."""
    return {"now": call.now, "offset_seconds": call.standin.clock.offset()}


def set_clock(_: Deliverer, call: Call) -> Json:
    """Move the clock that API, worker and stand-ins share: to an offset, or further on."""
    clock = call.standin.clock
    given = {name: call.params[name] for name in ("offset_seconds", "advance_seconds") if name in call.params}
    if len(given) != 1 or not all(isinstance(value, int | float) for value in given.values()):
        message = "Give either offset_seconds or advance_seconds, a number."
        raise InvalidParameters(message)
    clock.set_offset(
        given["offset_seconds"] if "offset_seconds" in given else clock.offset() + given["advance_seconds"]
    )
    return {"now": clock.now(), "offset_seconds": clock.offset()}


def open_dispute(_: Deliverer, call: Call) -> Json:
    """A buyer's bank disputes a payment now."""
    charge = disputing.charge_of_intent(call, str(call.params.get("payment_intent")))
    reason = str(call.params.get("reason") or "fraudulent")
    return disputing.open_dispute(call, charge, reason=reason, inquiry=call.params.get("inquiry") is True)


def settle_dispute(_: Deliverer, call: Call) -> Json:
    """A dispute takes the given status."""
    status = chosen(call, DISPUTE_STATUSES)
    return disputing.settle_dispute(call, must_find(call, "dispute", call.object_id), status)


def settle_refund(_: Deliverer, call: Call) -> Json:
    """A refund takes the given status, also one that Stripe had called succeeded."""
    status = chosen(call, REFUND_STATUSES)
    return refunds.settle_refund(call, must_find(call, "refund", call.object_id), status)


def settle_intent(_: Deliverer, call: Call) -> Json:
    """An open payment begins to process; a processing one succeeds or fails."""
    status = chosen(call, processing.STATUSES)
    return processing.settle_intent(call, must_find(call, "payment_intent", call.object_id), status)


def chosen(call: Call, statuses: tuple[str, ...]) -> str:
    """The status that the body names."""
    status = call.params.get("status")
    if status not in statuses:
        message = f"The status must be one of {', '.join(statuses)}."
        raise InvalidParameters(message, param="status")
    return str(status)


def import_history(_: Deliverer, call: Call) -> Json:
    """Bring past payments in."""
    return importing.import_history(call)


def reset(deliverer: Deliverer, call: Call) -> Json:
    """Forget everything: objects, deliveries, idempotency keys, faults, calls; the clock stays."""
    empty_database(call.database)
    deliverer.standin.faults = Faults()
    deliverer.standin.calls.clear()
    return {"reset": True}


async def flush_all(deliverer: Deliverer, call: Call) -> Json:
    """Deliver everything that is owed now, and count."""
    limit = call.params.get("limit_seconds", FLUSH_SECONDS)
    before = deliverer.delivered, deliverer.failed
    await flush(deliverer, float(limit) if isinstance(limit, int | float) else FLUSH_SECONDS)
    return {
        "delivered": deliverer.delivered - before[0],
        "failed": deliverer.failed - before[1],
        "pending": deliveries.count_owed(call.database),
    }
