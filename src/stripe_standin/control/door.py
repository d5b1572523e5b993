"""The control door: JSON in, JSON out, for this machine only and not for web pages."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_standin.control import facts, running
from stripe_standin.control.importing import import_history
from stripe_standin.control.ledger import read_ledger
from stripe_standin.delivery import Deliverer
from stripe_standin.errors import InvalidParameters, StripeError
from stripe_standin.standin import Call, new_call
from stripe_standin.store.transaction import transaction
from stripe_standin.vocabulary import Json

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")

Work = Callable[[Call], Json]
SlowWork = Callable[[Deliverer, Call], Awaitable[Json]]
WORK: tuple[tuple[str, str, Work], ...] = (
    ("GET", "ledger", read_ledger),
    ("GET", "calls", running.get_calls),
    ("GET", "faults", running.get_faults),
    ("POST", "faults", running.set_faults),
    ("GET", "settings", running.get_settings),
    ("POST", "settings", running.set_settings),
    ("GET", "clock", running.get_clock),
    ("POST", "clock", running.set_clock),
    ("POST", "disputes", facts.open_dispute),
    ("POST", "disputes/{id}", facts.settle_dispute),
    ("POST", "refunds", facts.open_refund),
    ("POST", "refunds/{id}", facts.settle_refund),
    ("POST", "payment_intents/{id}", facts.settle_intent),
    ("POST", "forget", facts.forget),
    ("POST", "import", import_history),
    ("POST", "reset", running.reset),
)


def routes(deliverer: Deliverer) -> list[Route]:
    """Every path of the control door."""
    flush = Route("/_control/flush", slow_door(deliverer, running.flush_all), methods=["POST"])
    return [*(route(deliverer, method, path, work) for method, path, work in WORK), flush]


def route(deliverer: Deliverer, method: str, path: str, work: Work) -> Route:
    """One path whose work happens in one transaction."""

    async def at_once(deliverer: Deliverer, call: Call) -> Json:
        with transaction(call.database):
            answer = work(call)
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
