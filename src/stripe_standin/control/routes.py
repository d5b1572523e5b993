"""The control API: JSON requests and responses, for programs on this machine only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_standin.control import overrides, runtime
from stripe_standin.control.history_import import import_history
from stripe_standin.control.ledger import read_ledger
from stripe_standin.errors import InvalidParameters, StripeError
from stripe_standin.json_types import Json
from stripe_standin.standin import Call, new_call
from stripe_standin.store.transaction import transaction
from stripe_standin.webhook_delivery import WebhookSender

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")

Operation = Callable[[Call], Json]
AsyncOperation = Callable[[WebhookSender, Call], Awaitable[Json]]
OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("GET", "ledger", read_ledger),
    ("GET", "calls", runtime.get_calls),
    ("GET", "faults", runtime.get_faults),
    ("POST", "faults", runtime.set_faults),
    ("GET", "settings", runtime.get_settings),
    ("POST", "settings", runtime.set_settings),
    ("GET", "clock", runtime.get_clock),
    ("POST", "clock", runtime.set_clock),
    ("POST", "charges", overrides.create_charge),
    ("POST", "disputes", overrides.open_dispute),
    ("POST", "disputes/{id}", overrides.set_dispute_status),
    ("POST", "refunds", overrides.create_refund),
    ("POST", "refunds/{id}", overrides.set_refund_status),
    ("POST", "payment_intents/{id}", overrides.set_intent_status),
    ("POST", "forget", overrides.delete_object),
    ("POST", "import", import_history),
    ("POST", "reset", runtime.reset),
)


def control_routes(sender: WebhookSender) -> list[Route]:
    """The routes of the control API."""
    flush = Route("/_control/flush", create_handler(sender, runtime.flush), methods=["POST"])
    return [*(create_route(sender, method, path, operation) for method, path, operation in OPERATIONS), flush]


def create_route(sender: WebhookSender, method: str, path: str, operation: Operation) -> Route:
    """The route of an operation that runs in one transaction."""

    async def run(sender: WebhookSender, call: Call) -> Json:
        with transaction(call.database):
            body = operation(call)
        sender.standin.deliveries_pending.set()
        return body

    return Route(f"/_control/{path}", create_handler(sender, run), methods=[method])


def create_handler(sender: WebhookSender, operation: AsyncOperation) -> Callable[[Request], Awaitable[Response]]:
    """Create a handler that checks the origin, parses the body, and responds with the result or the error."""

    async def handle(request: Request) -> Response:
        try:
            reject_other_origins(request)
            call = new_call(sender.standin)
            call.object_id = request.path_params.get("id", "")
            call.params = parse_json(await request.body())
            body, status = await operation(sender, call), 200
        except StripeError as error:
            body, status = {"error": error.error}, error.status
        return Response(orjson.dumps(body, option=orjson.OPT_INDENT_2), status, media_type="application/json")

    return handle


def reject_other_origins(request: Request) -> None:
    """Reject other host names, and browsers with a page of another origin."""
    origin = request.headers.get("origin")
    own = f"http://{request.headers.get('host', '')}"
    if request.url.hostname not in LOCAL_HOSTS or (origin is not None and origin != own):
        message = "The control API is for programs on this machine."
        raise StripeError(message, status=403)
    if origin is not None and urlsplit(origin).hostname not in LOCAL_HOSTS:
        message = "The control API is not for web pages."
        raise StripeError(message, status=403)


def parse_json(body: bytes) -> Json:
    """The JSON object of a body; an empty body is an empty object."""
    try:
        given = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        message = f"The body is not JSON: {error}"
        raise InvalidParameters(message) from error
    if not isinstance(given, dict):
        message = "The body must be a JSON object."
        raise InvalidParameters(message)
    return given
